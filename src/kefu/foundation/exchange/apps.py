"""Application of imports and exports."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "kefu.foundation.exchange"
    label = "exchange"

    def ready(self) -> None:
        from kefu.foundation.exchange import jobs, limits  # noqa: F401  register by being imported
