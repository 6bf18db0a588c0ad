"""Application of the consultations."""

from django.apps import AppConfig


class ConsultationsConfig(AppConfig):
    name = "kefu.consultations"
    label = "consultations"
