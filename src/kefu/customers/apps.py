"""Application of the customers."""

from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "kefu.customers"
    label = "customers"

    def ready(self) -> None:
        from kefu.customers import criteria, documents, exchange, gates, leaving, limits, slots  # noqa: F401  registration
