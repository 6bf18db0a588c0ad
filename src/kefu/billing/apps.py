"""Application of the billing module."""

from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "kefu.billing"
    label = "billing"

    def ready(self) -> None:
        """Fill the places on other pages."""
        from kefu.billing import (  # noqa: F401
            approving,
            criteria,
            documents,
            exchange,
            measures,
            prepaid_documents,
            prepaid_exchange,
            prepaid_slots,
            slots,
        )
