"""Words to the customer about kits, samples and report dates (LAB-004)."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import date, datetime

from django.utils import translation
from django.utils.formats import date_format

from kefu.foundation.audit.trail import Subject, within_action
from kefu.lab.choices import KitMode
from kefu.lab.models import KitIssue, Order
from kefu.messaging.actions import send
from kefu.organisation.models import User

log = logging.getLogger(__name__)


@within_action
def tell_kit_issued(
    issue: KitIssue, order: Order, back_by: date, report_due: date | None, *, by: User, at: datetime
) -> None:
    """The kit was handed over or posted, and until when it should come back."""
    if issue.mode == KitMode.POSTED:
        _tell(order, "kit_sent", {"carrier": issue.carrier, "waybill": issue.waybill}, by, at)
    elif issue.mode == KitMode.HANDED:
        _tell(order, "kit_handed", {"weekday": _weekday(back_by), "date": _day(report_due)}, by, at)


@within_action
def tell_samples_accepted(order: Order, *, by: User, at: datetime) -> None:
    """The samples are in good order, and when the report will be ready."""
    _tell(order, "sample_received", {"date": _day(order.promised_due)}, by, at)


@within_action
def tell_sample_unfit(order: Order, *, by: User, at: datetime) -> None:
    """A sample has to be taken again, free of charge."""
    _tell(order, "sample_unqualified", {}, by, at)


def _tell(order: Order, template: str, values: Mapping[str, object], by: User, at: datetime) -> None:
    """A message that cannot be written keeps nobody from work: the health manager tells the customer in person."""
    try:
        send(
            customer=order.customer,
            template=template,
            values=values,
            subject=Subject("lab.order", order.pk),
            by=by,
            at=at,
        )
    except LookupError:
        log.warning("no message template %s: the customer of order %s was not told", template, order.pk)


def _weekday(day: date) -> str:
    with translation.override("zh-hans"):
        return f"{date_format(day, 'D')}（{_day(day)}）"


def _day(day: date | None) -> str:
    return f"{day.month}月{day.day}日" if day else ""
