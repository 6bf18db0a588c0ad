"""Application of the laboratory module."""

from django.apps import AppConfig


class LabConfig(AppConfig):
    name = "kefu.lab"
    label = "lab"

    def ready(self) -> None:
        """Declare gates and documents, fill the places on other pages."""
        from kefu.lab import (  # noqa: F401
            documents,
            exchange,
            file_parts,
            gates,
            leaving,
            measures,
            moving,
            report_documents,
            report_slots,
            slots,
            subscribers,
        )
