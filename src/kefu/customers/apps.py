"""Application of the customers."""

from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "kefu.customers"
    label = "customers"

    def ready(self) -> None:
        from kefu.customers import (  # noqa: F401  registration
            criteria,
            documents,
            exchange,
            gates,
            instructions,
            leaving,
            limits,
            measures,
            offers,
            slots,
        )
