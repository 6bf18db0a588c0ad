"""Application of the dispatch registers."""

from django.apps import AppConfig


class DispatchConfig(AppConfig):
    name = "kefu.dispatch"
    label = "dispatch"

    def ready(self) -> None:
        """Fill the places on other pages, declare the papers, and hear of messages that went another way."""
        from kefu.dispatch import documents, exchange, slots, subscribers  # noqa: F401
