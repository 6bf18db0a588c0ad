"""Application of customer purchases."""

from django.apps import AppConfig


class SalesConfig(AppConfig):
    name = "kefu.sales"
    label = "sales"

    def ready(self) -> None:
        from kefu.sales import (  # noqa: F401  registration
            documents,
            exchange,
            gates,
            leaving,
            measures,
            moving,
            policies,
            slots,
            subscribers,
        )
