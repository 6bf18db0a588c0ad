"""How customers look in lists and on their page: the records the components print."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kefu.customers.choices import ConsentState, FactKind, RequestState, Stage
from kefu.customers.models import Customer, PrivacyRequest, TimelineLine
from kefu.customers.queries.consents import Standing
from kefu.foundation.ui.inputs import Caution, CustomerView, PersonView, Status
from kefu.foundation.ui.inputs import TimelineLine as Line
from kefu.organisation.models import User

STAGES = {
    Stage.LEAD: Status("quiet", "user", Stage.LEAD.label),
    Stage.ACTIVE: Status("done", "file-text", Stage.ACTIVE.label),
    Stage.CLOSED: Status("pause", "lock", Stage.CLOSED.label),
}
LOOK = {
    FactKind.ARCHIVE: ("quiet", "file-text"), FactKind.IDENTITY: ("quiet", "user"), FactKind.APPOINTMENT: ("quiet", "calendar-event"),
    FactKind.CONSULTATION: ("move", "stethoscope"), FactKind.TEST: ("accent", "flask"), FactKind.KIT: ("accent", "package"),
    FactKind.SAMPLE: ("quiet", "test-pipe"), FactKind.REPORT: ("done", "report-medical"), FactKind.PURCHASE: ("accent", "package"),
    FactKind.DISPATCH: ("accent", "truck-delivery"), FactKind.SPENDING: ("quiet", "cash"), FactKind.SURVEY: ("quiet", "mood-smile"),
    FactKind.FOLLOWUP: ("quiet", "phone-call"), FactKind.CONTACT: ("quiet", "phone"), FactKind.COMPLAINT: ("late", "message-exclamation"),
    FactKind.MESSAGE: ("quiet", "message-2"), FactKind.JOURNEY: ("move", "route"), FactKind.NOTE: ("quiet", "pencil"),
}  # fmt: skip
CONSENTS = {
    ConsentState.GIVEN: Status("done", "check", ConsentState.GIVEN.label),
    ConsentState.WITHDRAWN: Status("late", "ban", ConsentState.WITHDRAWN.label),
}
NOT_ASKED = Status("quiet", "minus", _("没有同意过"))
REQUESTS = {
    RequestState.ASKED: Status("move", "clock", RequestState.ASKED.label),
    RequestState.WAITING: Status("pause", "lock", RequestState.WAITING.label),
    RequestState.DONE: Status("done", "check", RequestState.DONE.label),
    RequestState.DECLINED: Status("quiet", "ban", RequestState.DECLINED.label),
    RequestState.DROPPED: Status("quiet", "ban", RequestState.DROPPED.label),
}
SEVERE = ("!", "！")


def view_of(customer: Customer, at: datetime, grade: str = "") -> CustomerView:
    """The name with sex and age, and the grade where it stands."""
    return CustomerView(
        name=customer.name or str(_("未留姓名")), url=reverse("customers:page", args=[customer.pk]),
        sex=customer.get_sex_display(), age=customer.age(timezone.localdate(at)), grade=grade,
    )  # fmt: skip


def grade_shown(customer: Customer) -> str:
    """The grade of a customer read with `standing`; empty for one that was never graded."""
    standing = getattr(customer, "standing", None)
    return standing.grade if standing else ""


def consent_status(standing: Standing) -> Status:
    """How it stands with one scope."""
    return CONSENTS[ConsentState(standing.entry.state)] if standing.entry else NOT_ASKED


def person(colleague: User | None, reader: User) -> PersonView | None:
    """A colleague, marked when it is the reader."""
    return PersonView(colleague.name, me=colleague.pk == reader.pk) if colleague else None


def cautions(customer: Customer) -> list[Caution]:
    """One caution a line; a line that begins with an exclamation mark is severe."""
    lines = [line.strip() for line in customer.caution.splitlines() if line.strip()]
    return [Caution(line.lstrip("!！ "), line.startswith(SEVERE)) for line in lines]


@dataclass(frozen=True)
class Span:
    """Lines of the timeline under one heading: today, a month of this year, a year."""

    heading: object
    lines: list[Line]


def spans(lines: Iterable[TimelineLine], at: datetime, *, hidden: Container[FactKind]) -> list[Span]:
    """Timeline lines, latest first, under their headings; details of health facts only for those who may see them."""
    today = timezone.localdate(at)
    found: list[tuple[tuple[int, ...], Span]] = []
    for line in lines:
        local = timezone.localtime(line.at)
        key, heading, time = _placed(local, today)
        if not found or found[-1][0] != key:
            found.append((key, Span(heading, [])))
        found[-1][1].lines.append(_line(line, local, time, hidden))
    return [span for _key, span in found]


def _placed(local: datetime, today: date) -> tuple[tuple[int, ...], object, str]:
    if local.date() == today:
        return (
            (today.year, today.month, today.day),
            gettext("今天 %s") % date_format(local, gettext("n月j日")),
            f"{local:%H:%M}",
        )
    if local.year == today.year:
        return (local.year, local.month), date_format(local, gettext("n月")), date_format(local, gettext("j日"))
    return (local.year,), date_format(local, gettext("Y年")), f"{local:%m-%d}"


def _line(line: TimelineLine, local: datetime, time: str, hidden: Container[FactKind]) -> Line:
    kind = FactKind(line.kind)
    tone, icon = LOOK[kind]
    kept = kind in hidden and bool(line.lines)
    return Line(
        time=time, at=local, title=kind.label, what=line.item, icon=icon, tone=tone, items=[] if kept else line.lines,
        note=_("内容不对您的岗位开放") if kept else "", amount=line.amount, by=line.by.name if line.by else "",
    )  # fmt: skip


def request_status(asked: PrivacyRequest) -> Status:
    """How far a request about a customer's data has come."""
    return REQUESTS[RequestState(asked.state)]
