"""Application of surveys."""

from django.apps import AppConfig


class SurveysConfig(AppConfig):
    name = "kefu.surveys"
    label = "surveys"

    def ready(self) -> None:
        from kefu.surveys import exchange, moving, slots  # noqa: F401  registration
