"""Application of the laboratory module."""

from django.apps import AppConfig


class LabConfig(AppConfig):
    name = "kefu.lab"
    label = "lab"

    def ready(self) -> None:
        """Declare the gates and fill the places on other pages."""
        from kefu.lab import gates, slots  # noqa: F401
