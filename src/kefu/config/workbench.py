"""The first page: what I owe, sorted by the promise that breaks first (NFR-004)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from kefu.config.limits import SOON_MINUTES
from kefu.foundation.access.decorators import everyone
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.slots.registry import WorkItem, slots
from kefu.foundation.ui.http import page
from kefu.foundation.ui.inputs import CustomerView, Verb, WorkRow
from kefu.foundation.ui.rules import ClockView
from kefu.foundation.ui.wording import clock
from kefu.organisation.models import User


@dataclass(frozen=True)
class Band:
    """One stretch of the list: overdue, soon, today, later, waiting for somebody."""

    code: str
    title: str
    note: str
    tone: str
    rows: list[WorkRow]


def owed(user: User, at: datetime) -> list[WorkItem]:
    """Everything the modules say the user owes, the earliest promise first."""
    items = [item for provider in slots.work.values() for item in provider(user, at)]
    return sorted(items, key=lambda item: (item.due_at is None, item.due_at or at))


def bands(items: Iterable[WorkItem], at: datetime) -> list[Band]:
    """The items in bands; empty bands are left out."""
    found: dict[str, list[WorkRow]] = {}
    soon = at + timedelta(minutes=SOON_MINUTES.on(at))
    today = timezone.localdate(at)
    for item in items:
        found.setdefault(_band(item, at, soon, today), []).append(_row(item, at))
    titles = {
        "late": (_("已超时"), _("先给客户一个说法，再补办"), "late"),
        "soon": (_("快到期"), _("%(time)s 之前") % {"time": f"{timezone.localtime(soon):%H:%M}"}, "soon"),
        "today": (_("今天"), "", "quiet"),
        "later": (_("以后"), "", "quiet"),
        "open": (_("没有期限"), "", "quiet"),
        "waiting": (_("等别人"), _("钟停着，对方一动就回到上面"), "pause"),
    }
    return [Band(code, title, note, tone, found[code]) for code, (title, note, tone) in titles.items() if code in found]


def _band(item: WorkItem, at: datetime, soon: datetime, today: object) -> str:
    if item.waiting:
        return "waiting"
    if item.due_at is None:
        return "open"
    if item.due_at < at:
        return "late"
    if item.due_at <= soon:
        return "soon"
    return "today" if timezone.localdate(item.due_at) == today else "later"


def _clock(item: WorkItem, at: datetime) -> ClockView:
    if item.due_at or item.waiting:
        return clock(item.due_at or at, item.started_at, at, paused_for=item.waiting)
    return ClockView("ok", _("没有期限"), 100, "")


def _row(item: WorkItem, at: datetime) -> WorkRow:
    late = item.due_at is not None and item.due_at < at
    customer = None
    if item.customer_name:
        page_of = reverse("customers:page", args=[item.customer_id]) if item.customer_id is not None else ""
        customer = CustomerView(item.customer_name, page_of, sex=item.customer_note)
    return WorkRow(
        clock=_clock(item, at),
        kind=item.label,
        kind_icon=item.icon,
        customer=customer,
        what=item.what,
        why=item.why,
        verb=Verb(item.verb, item.url, primary=late),
        key=item.url,
    )


@everyone
def workbench(request: StaffRequest) -> HttpResponse:
    """What the reader owes, with a filter by kind of work."""
    at: datetime = request.at
    items = owed(request.user, at)
    groups = {"journey": _("流程"), "appointment": _("预约"), "followup": _("回访"), "tracking": _("追踪"), "report": _("报告"), "sales": _("销售"), "handover": _("交接"), "notice": _("其他")}  # fmt: skip
    chosen = request.GET.get("group", "")
    counted = {code: sum(item.group == code for item in items) for code in groups}
    options = [{"url": "?", "label": _("全部"), "count": len(items), "pressed": not chosen}]
    options += [
        {"url": f"?group={code}", "label": label, "count": counted[code], "pressed": chosen == code}
        for code, label in groups.items()
        if counted[code]
    ]
    shown = [item for item in items if not chosen or item.group == chosen]
    context = {
        "total": len([item for item in items if not item.waiting]),
        "late": sum(item.due_at is not None and item.due_at < at and not item.waiting for item in items),
        "options": options,
        "bands": bands(shown, at),
    }
    return page(request, "config/workbench.html", context)
