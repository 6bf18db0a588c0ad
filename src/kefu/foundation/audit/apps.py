"""Application of the audit trail."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "kefu.foundation.audit"
    label = "audit"
