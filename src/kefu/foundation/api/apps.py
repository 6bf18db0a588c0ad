"""Application of the API's tokens and stored answers."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "kefu.foundation.api"
    label = "api"

    def ready(self) -> None:
        from kefu.foundation.api import jobs  # noqa: F401  registers by being imported
