"""Application of the top floor: workbench, health check, demo world."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "kefu.config"
    label = "config"
