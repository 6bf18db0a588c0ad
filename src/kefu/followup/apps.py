"""Application of follow-ups."""

from django.apps import AppConfig


class FollowupConfig(AppConfig):
    name = "kefu.followup"
    label = "followup"

    def ready(self) -> None:
        from kefu.followup import exchange, guarding, leaving, measures, moving, slots, subscribers  # noqa: F401  registration
