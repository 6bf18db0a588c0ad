"""Application of the products module."""

from django.apps import AppConfig


class ProductsConfig(AppConfig):
    name = "kefu.products"
    label = "products"

    def ready(self) -> None:
        """Fill the places on other pages and say what can be imported."""
        from kefu.products import documents, exchange, price_exchange, slots  # noqa: F401
