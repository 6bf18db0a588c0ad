"""Application of the number series."""

from django.apps import AppConfig


class NumberingConfig(AppConfig):
    name = "kefu.foundation.numbering"
    label = "numbering"
