"""Application of the lists."""

from django.apps import AppConfig


class ListsConfig(AppConfig):
    name = "kefu.foundation.lists"
    label = "lists"

    def ready(self) -> None:
        from kefu.foundation.lists import jobs  # noqa: F401  registers by being imported
