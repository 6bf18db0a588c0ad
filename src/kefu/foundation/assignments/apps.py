"""Application of the hand-overs."""

from django.apps import AppConfig


class AssignmentsConfig(AppConfig):
    name = "kefu.foundation.assignments"
    label = "assignments"

    def ready(self) -> None:
        from kefu.foundation.assignments import slots  # noqa: F401  registration
