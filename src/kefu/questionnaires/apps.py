"""Application of the form engine."""

from django.apps import AppConfig


class QuestionnairesConfig(AppConfig):
    name = "kefu.questionnaires"
    label = "questionnaires"
