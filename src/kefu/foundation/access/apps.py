"""Application of the access layer."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "kefu.foundation.access"
    label = "access"
