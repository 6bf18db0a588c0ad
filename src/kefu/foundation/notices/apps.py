"""Application of staff notices."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "kefu.foundation.notices"
    label = "notices"
