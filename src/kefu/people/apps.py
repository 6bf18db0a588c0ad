"""Application of the registers of doctors and staff."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "kefu.people"
    label = "people"

    def ready(self) -> None:
        from kefu.people import exchange, gates, holdings, slots, subscribers  # noqa: F401  registration
