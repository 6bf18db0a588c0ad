"""Application of the screens' parts."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "kefu.foundation.ui"
    label = "ui"
