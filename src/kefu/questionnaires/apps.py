"""Application of the form engine."""

from django.apps import AppConfig


class QuestionnairesConfig(AppConfig):
    name = "kefu.questionnaires"
    label = "questionnaires"

    def ready(self) -> None:
        """Take the place in the navigation."""
        from kefu.questionnaires import slots  # noqa: F401
