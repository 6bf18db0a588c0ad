"""Application of the administrator's screens."""

from django.apps import AppConfig


class AdministrationConfig(AppConfig):
    name = "kefu.administration"
    label = "administration"

    def ready(self) -> None:
        from kefu.administration import slots  # noqa: F401  registration
