"""Application of the stock module."""

from django.apps import AppConfig


class StockConfig(AppConfig):
    name = "kefu.stock"
    label = "stock"

    def ready(self) -> None:
        """Fill the places on other pages and declare the papers."""
        from kefu.stock import climate_exchange, destruction_documents, documents, exchange, leaving, measures, slots  # noqa: F401
