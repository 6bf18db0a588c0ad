"""Ringing the bell about reports. A bell never carries a result or the name of a test (LAB-007, LAB-008)."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from kefu.foundation.audit.trail import within_action
from kefu.foundation.notices.actions import tell
from kefu.lab.models import Order, Report
from kefu.lab.queries.addresses import order_url, subject_of
from kefu.lab.queries.concerned import concerned, consulting
from kefu.lab.sentences import REOPENED
from kefu.messaging.actions import send
from kefu.organisation.models import User

log = logging.getLogger(__name__)


@within_action
def tell_arrived(*, order: Order, at: datetime) -> None:
    """That a report exists, to those concerned; nothing of its content."""
    _tell_once(concerned(order), "report_arrived_staff", order, order_url(order.pk), at)


@within_action
def tell_approved(*, report: Report, at: datetime) -> None:
    """That a report can be opened, to those who now may."""
    _tell_once(
        concerned(report.order), "report_approved_staff", report.order, reverse("lab:report", args=[report.pk]), at
    )


@within_action
def tell_critical(*, order: Order, at: datetime) -> None:
    """That a result needs somebody now, to the doctor and the consulting department."""
    doctors = [user for user in (order.doctor, order.customer.doctor) if user is not None]
    _tell_once([*doctors, *consulting(order)], "critical_staff", order, order_url(order.pk), at)


@within_action
def tell_paper_ready(*, order: Order, at: datetime) -> None:
    """That the paper report waits to be collected, to the health manager (JRN-012)."""
    manager = order.customer.health_manager
    _tell_once([manager] if manager else [], "paper_ready_staff", order, order_url(order.pk), at)


@within_action
def tell_reopened(*, order: Order, at: datetime) -> None:
    """That what was released is being reviewed again, to those concerned and the consulting department."""
    users = [*concerned(order), *consulting(order)]
    tell(
        users=users,
        code="lab_report_reopened",
        text=REOPENED(number=order.number),
        link=order_url(order.pk),
        customer_id=order.customer_id,
        at=at,
    )


@within_action
def message_collect(*, order: Order, by: User, at: datetime) -> None:
    """To the customer: the report can be collected. Names no test."""
    with override(settings.LANGUAGE_CODE):  # the customer's language, whoever hands the report over
        address = order.node.address or str(_("前台"))
    _message(order, "report_ready_collect", {"address": address}, by, at)


@within_action
def message_posted(*, order: Order, carrier: str, waybill: str, by: User, at: datetime) -> None:
    """To the customer: the report is on its way; only once there is a waybill to follow it by."""
    if carrier and waybill:
        _message(order, "report_posted", {"carrier": carrier, "waybill": waybill}, by, at)


def _message(order: Order, template: str, values: Mapping[str, object], by: User, at: datetime) -> None:
    """A message that cannot be written keeps nobody from work: the health manager tells the customer in person."""
    try:
        send(customer=order.customer, template=template, values=values, subject=subject_of(order), by=by, at=at)
    except LookupError:
        log.warning("no message template %s: the customer of order %s was not told", template, order.pk)


def _tell_once(users: list[User], code: str, order: Order, link: str, at: datetime) -> None:
    """Somebody who has not read the same line yet is not rung again: one panel after the other would ring all day."""
    tell(users=users, code=code, link=link, customer_id=order.customer_id, unless_unread=True, at=at)
