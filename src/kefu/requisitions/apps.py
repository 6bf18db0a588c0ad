"""Application of requisitions."""

from django.apps import AppConfig


class RequisitionsConfig(AppConfig):
    name = "kefu.requisitions"
    label = "requisitions"

    def ready(self) -> None:
        """Fill the places on other pages and declare the papers."""
        from kefu.requisitions import documents, exchange, leaving, measures, slots, subscribers  # noqa: F401
