"""Application of the billing module."""

from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "kefu.billing"
    label = "billing"
