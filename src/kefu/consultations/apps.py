"""Application of the consultations."""

from django.apps import AppConfig


class ConsultationsConfig(AppConfig):
    name = "kefu.consultations"
    label = "consultations"

    def ready(self) -> None:
        """Declare the gates and fill the places on other pages."""
        from kefu.consultations import exchange, file_parts, gates, leaving, moving, slots  # noqa: F401
