"""Application of the outbox."""

from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "kefu.foundation.outbox"
    label = "outbox"
