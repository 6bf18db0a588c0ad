"""Application of imports and exports."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "kefu.foundation.exchange"
    label = "exchange"

    def ready(self) -> None:
        from kefu.foundation.exchange import jobs  # noqa: F401  registers by being imported
