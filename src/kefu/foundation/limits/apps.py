"""Application of the configured limits."""

from django.apps import AppConfig


class LimitsConfig(AppConfig):
    name = "kefu.foundation.limits"
    label = "limits"
