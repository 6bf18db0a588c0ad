"""Application of live screens; it has no tables."""

from django.apps import AppConfig


class RealtimeConfig(AppConfig):
    name = "kefu.foundation.realtime"
    label = "realtime"
