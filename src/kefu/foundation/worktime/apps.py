"""Application of the working calendars."""

from django.apps import AppConfig


class WorktimeConfig(AppConfig):
    name = "kefu.foundation.worktime"
    label = "worktime"
