"""Application of appointments."""

from django.apps import AppConfig


class AppointmentsConfig(AppConfig):
    name = "kefu.appointments"
    label = "appointments"

    def ready(self) -> None:
        from kefu.appointments import exchange, guarding, leaving, live, moving, slots, subscribers  # noqa: F401  registration
