"""Reading samples."""

from __future__ import annotations

from kefu.lab.choices import SampleState
from kefu.lab.models import OrderItem, Sample


def in_laboratory(order_item: OrderItem) -> bool:
    """Whether the laboratory may have results of an ordered item: its sample was checked and accepted (LAB-006)."""
    return Sample.objects.filter(order_item=order_item, state=SampleState.ACCEPTED).exists()
