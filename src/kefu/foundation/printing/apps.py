"""Application of printed documents."""

from django.apps import AppConfig


class PrintingConfig(AppConfig):
    name = "kefu.foundation.printing"
    label = "printing"
