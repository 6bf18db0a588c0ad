"""Application of the customers' own pages."""

from importlib import import_module

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "kefu.portal"
    label = "portal"

    def ready(self) -> None:
        import_module(f"{self.name}.offline")
