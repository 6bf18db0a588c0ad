"""Application of the service journey."""

from django.apps import AppConfig


class JourneyConfig(AppConfig):
    name = "kefu.journey"
    label = "journey"

    def ready(self) -> None:
        from kefu.journey import exchange, gates, moving, slots, subscribers  # noqa: F401  registration
