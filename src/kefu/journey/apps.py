"""Application of the service journey."""

from django.apps import AppConfig


class JourneyConfig(AppConfig):
    name = "kefu.journey"
    label = "journey"

    def ready(self) -> None:
        from kefu.journey import gates, slots, subscribers  # noqa: F401  registration
