"""Where an order is shown, and how prints, files and charges refer to it."""

from django.urls import reverse

from kefu.foundation.audit.trail import Subject
from kefu.lab.models import Order

KIND = "lab.order"
SHEET = "lab.order"
REQUEST = "lab.request"
GUIDE = "lab.guide"
LABELS = "lab.labels"
SIGNED_SHEET = "signed_sheet"
"""The kind of attachment that is a scan of the signed sheet."""


def order_url(order_id: int) -> str:
    """The page of an order."""
    return reverse("lab:order", args=[order_id])


def subject_of(order: Order) -> Subject:
    """The order as the subject of audit rows, prints, files and charges."""
    return Subject(KIND, order.pk)
