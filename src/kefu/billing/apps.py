"""Application of the billing module."""

from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "kefu.billing"
    label = "billing"

    def ready(self) -> None:
        """Fill the places on other pages."""
        from kefu.billing import approving, criteria, documents, exchange, measures, slots  # noqa: F401
