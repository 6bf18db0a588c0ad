"""Application of the requests that climb a ladder."""

from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    name = "kefu.foundation.approvals"
    label = "approvals"

    def ready(self) -> None:
        from kefu.foundation.approvals import slots  # noqa: F401  registration
