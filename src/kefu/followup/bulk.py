"""The list of contacts that are due, as people make it their own, and what can be done with many at once (FUP-006)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.customers.permissions import CustomerPermission
from kefu.customers.presentation import person, view_of
from kefu.followup import actions
from kefu.followup.bulk_forms import DayForm, NothingForm, ReasonForm
from kefu.followup.choices import FollowUpKind
from kefu.followup.models import FollowUp
from kefu.followup.permissions import FollowUpPermission
from kefu.followup.queries import end_of, mine_due
from kefu.foundation.exchange.permissions import ExchangePermission
from kefu.foundation.lists.columns import Column, Reader
from kefu.foundation.lists.specs import BulkAction, ListSpec, Named
from kefu.foundation.ui.days import day_in
from kefu.foundation.ui.inputs import Verb
from kefu.foundation.ui.wording import clock
from kefu.organisation.models import User


def due_to(params: QueryDict, at: datetime) -> date:
    """Up to which day the list goes: the day of the address, else today."""
    return day_in(params.get("due_to")) or timezone.localdate(at)


def _rows(user: User, params: QueryDict, at: datetime) -> QuerySet[FollowUp]:
    rows: QuerySet[FollowUp] = mine_due(user, end_of(due_to(params, at)))
    kind = params.get("kind", "")
    return rows.filter(kind=kind) if kind in FollowUpKind.values else rows


def _visible(user: User) -> QuerySet[FollowUp]:
    return FollowUp.objects.visible_to(user).select_related("customer__node", "taken_by")


def _url(row: FollowUp) -> str:
    return reverse("followup:follow_up", args=[row.pk])


def _call(row: FollowUp, reader: Reader) -> Verb:
    return Verb(_("打电话"), _url(row))


COLUMNS: tuple[Column[FollowUp], ...] = (
    Column("due", _("应于"), lambda row, reader: clock(row.due_at, row.planned_at, reader.at), "clock", fixed=True,
           exported=((_("应于"), lambda row, reader: row.due_at),), order="due"),
    Column("customer", _("客户"), lambda row, reader: view_of(row.customer, reader.at), "customer", fixed=True),
    Column("kind", _("种类"), lambda row, reader: row.get_kind_display(), "code"),
    Column("topic", _("事由"), lambda row, reader: row.topic),
    Column("node", _("分中心"), lambda row, reader: row.customer.node.label, "code"),
    Column("manager", _("健康管理师"), lambda row, reader: person(row.customer.health_manager, reader.user), "owner", shown=False),
    Column("attempts", _("已打次数"), lambda row, reader: row.attempts, "number"),
    Column("taken", _("谁在办"), lambda row, reader: person(row.taken_by, reader.user), "person"),
    Column("planned", _("安排时间"), lambda row, reader: row.planned_at, "moment", shown=False),
    Column("call", _("打电话"), _call, "verb", fixed=True, exported=()),
)  # fmt: skip
DUE = "followup.due"
"""Under this code the list leaves, and stands in the trail."""
FOLLOWUPS = ListSpec(
    code="followups", title=_("回访"), url_name="followup:due", permission=FollowUpPermission.VIEW, share=CustomerPermission.OWNER_ASSIGN,
    columns=COLUMNS, orders={"due": ("due_at", "id")}, filters=("due_to", "kind"), visible=_visible, rows=_rows,
    named=lambda row: Named(row.get_kind_display(), row.customer.name, _url(row)), reaches=lambda user, permission, row: True,
    export=lambda: reverse("exchange:export", args=[DUE]), export_needs=ExchangePermission.LIST_EXPORT,
)  # fmt: skip


def _take(row: FollowUp, given: dict[str, Any], *, by: User, at: datetime) -> object:
    return actions.take(follow_up=row, by=by, at=at)


def _move(row: FollowUp, given: dict[str, Any], *, by: User, at: datetime) -> object:
    return actions.reschedule(follow_up=row, day=given["day"], reason=given["reason"], by=by, at=at)


def _stop(row: FollowUp, given: dict[str, Any], *, by: User, at: datetime) -> object:
    return actions.stop(follow_up=row, reason=given["reason"], by=by, at=at)


RIGHT = (FollowUpPermission.CONTACT,)
BULK = (
    BulkAction("followups", "take", _("我来办"), "user-check", 10, RIGHT, NothingForm, _take, _("同事能看到由您来办，不会重复打电话。")),
    BulkAction("followups", "day", _("改期"), "calendar-event", 20, RIGHT, DayForm, _move, _("原来的日期和原因都留着。")),
    BulkAction("followups", "stop", _("停止这些回访"), "ban", 30, RIGHT, ReasonForm, _stop, _("以后不再提醒，原因记在客户时间线上。")),
)  # fmt: skip
