"""Application of messages to customers."""

from importlib import import_module

from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "kefu.messaging"
    label = "messaging"

    def ready(self) -> None:
        for name in ("channels", "exchange", "guarding", "slots", "staff", "subscribers"):
            import_module(f"{self.name}.{name}")
