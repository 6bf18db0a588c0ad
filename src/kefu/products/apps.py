"""Application of the products module."""

from django.apps import AppConfig


class ProductsConfig(AppConfig):
    name = "kefu.products"
    label = "products"

    def ready(self) -> None:
        """Fill the places on other pages."""
        from kefu.products import slots  # noqa: F401
