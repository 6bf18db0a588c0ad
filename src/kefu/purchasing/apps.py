"""Application of the purchasing module."""

from django.apps import AppConfig


class PurchasingConfig(AppConfig):
    name = "kefu.purchasing"
    label = "purchasing"

    def ready(self) -> None:
        """Fill the places on other pages, declare the papers, and listen to the outbox."""
        from kefu.purchasing import documents, exchange, measures, slots, subscribers  # noqa: F401
