"""Application of stored files and attachments."""

from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "kefu.foundation.files"
    label = "files"

    def ready(self) -> None:
        from kefu.foundation.files import jobs  # noqa: F401  registers by being imported
