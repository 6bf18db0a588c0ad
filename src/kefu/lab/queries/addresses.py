"""Where an order is shown, and how others refer to it."""

from django.urls import reverse

from kefu.foundation.audit.trail import Subject
from kefu.lab.models import Order

KIND = "lab.order"


def order_url(order_id: int) -> str:
    """The page of an order."""
    return reverse("lab:order", args=[order_id])


def subject_of(order: Order) -> Subject:
    """The order as the subject of audit rows, prints, files and charges."""
    return Subject(KIND, order.pk)
