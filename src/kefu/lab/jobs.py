"""Work of the laboratory done after the answer."""

from __future__ import annotations

from datetime import datetime

from kefu.foundation.jobs.registry import job
from kefu.lab.actions.held_messages import file_waiting
from kefu.lab.models import Order
from kefu.organisation.queries import LABORATORY, system_user


@job("lab.file_waiting")
def file_waiting_messages(*, at: datetime, order_id: int) -> None:
    """File messages that had come before the samples of the order were accepted; a second run finds none."""
    file_waiting(order=Order.objects.get(pk=order_id), by=system_user(LABORATORY), at=at)
