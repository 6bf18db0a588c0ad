"""What reports and laboratory messages put on the pages of others."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.queries import access_of
from kefu.foundation.slots.registry import NavItem, WorkItem, register, register_work
from kefu.lab.permissions import LabPermission
from kefu.lab.queries.addresses import order_url
from kefu.lab.queries.desk import to_review
from kefu.lab.queries.inbox import waiting
from kefu.lab.queries.papers import to_make
from kefu.lab.queries.reports import overdue_reports
from kefu.organisation.models import User

AT_MOST = 100
DAY_ENDS = time(17, 30)


def owed(user: User, at: datetime) -> Iterable[WorkItem]:
    """Reports that should have come, and messages that wait for a person, for the consulting department (LAB-010, NFR-004)."""
    if not access_of(user).may(LabPermission.MESSAGE_HANDLE):
        return
    if count := waiting(user):
        yield WorkItem(
            group="report", label=_("检验消息"), icon="inbox", what=str(_("%s 条检验消息没有归档") % count),
            url=f"{reverse('lab:messages')}?state=quarantined", verb=_("去处理"),
        )  # fmt: skip
    for row in overdue_reports(user, at, AT_MOST):
        customer = row.order.customer
        yield WorkItem(
            group="report", label=_("报告逾期"), icon="report-medical", url=order_url(row.order.pk), verb=_("催检验室"),
            what=str(_("报告已过承诺日期 %s 天") % row.days_late), why=row.order.number, started_at=row.order.testing_since,
            due_at=timezone.make_aware(datetime.combine(row.due_on, DAY_ENDS)), customer_id=customer.pk, customer_name=customer.name,
            customer_note=" ".join(filter(None, (customer.get_sex_display(), str(customer.age(timezone.localdate(at)) or "")))),
        )  # fmt: skip


def reviews_count(user: User, at: datetime) -> int:
    """How many reports wait for review, beside the navigation."""
    return to_review(user).count()


def papers_count(user: User, at: datetime) -> int:
    """How many paper reports wait to be made."""
    return to_make(user).count()


def messages_count(user: User, at: datetime) -> int:
    """How many laboratory messages wait for a person."""
    return waiting(user)


register(
    NavItem(
        "today",
        40,
        _("报告审核"),
        "report-medical",
        "lab:review_desk",
        LabPermission.REPORT_APPROVE,
        "r",
        reviews_count,
    ),
    NavItem("today", 45, _("纸质报告"), "printer", "lab:papers", LabPermission.PAPER_MAKE, count=papers_count),
    NavItem(
        "management", 40, _("检验消息"), "inbox", "lab:messages", LabPermission.MESSAGE_HANDLE, count=messages_count
    ),
)
register_work("lab-reports", owed)
