"""Application of the organisation tables."""

from django.apps import AppConfig


class OrganisationConfig(AppConfig):
    name = "kefu.organisation"
    verbose_name = "Organisation"
