"""What warehouses are judged by from deliveries: whether both counted the same at once (STK-009)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Count as Many
from django.db.models import OuterRef, QuerySet

from kefu.purchasing.models import Count
from kefu.stock.measuring import register_fault

ONE_EACH = 2


def _counted_again(receipt: OuterRef, _until: datetime) -> QuerySet[Any]:
    """The counts of a delivery, where there are more than one of each side."""
    counts = Count.objects.filter(delivery__acceptance__receipt=receipt).order_by().values("delivery")
    return counts.annotate(many=Many("pk")).filter(many__gt=ONE_EACH)


register_fault("receipts", "purchasing.counted_again", _counted_again)
