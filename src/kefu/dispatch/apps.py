"""Application of the dispatch registers."""

from django.apps import AppConfig


class DispatchConfig(AppConfig):
    name = "kefu.dispatch"
    label = "dispatch"

    def ready(self) -> None:
        """Fill the places on other pages and declare the papers."""
        from kefu.dispatch import documents, exchange, slots  # noqa: F401
