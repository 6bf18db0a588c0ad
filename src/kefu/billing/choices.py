"""Closed lists of billing."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ChargeState(TextChoices):
    """Whether a charge still counts."""

    DUE = "due", _("应收")
    CANCELLED = "cancelled", _("已冲销")
