"""Statistics of bookings over the API (APT-010)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from django.utils.translation import gettext_lazy as _
from ninja import Query, Router

from kefu.appointments.choices import Channel, Grouping
from kefu.appointments.figures import FIGURES, Figures
from kefu.appointments.limits import STATISTICS_DAYS
from kefu.appointments.permissions import AppointmentPermission
from kefu.appointments.queries.statistics import Asked, statistics
from kefu.appointments.queries.types import known_code
from kefu.foundation.api.references import reference
from kefu.foundation.api.requests import ApiRequest
from kefu.foundation.api.responses import RESPONSES
from kefu.foundation.api.rights import needs
from kefu.foundation.api.schemas import Code, Day, Ident, In, Out
from kefu.kernel.errors import Invalid
from kefu.organisation.models import Node, User

router = Router(tags=["appointments"])


class StatisticsQuery(In):
    """From a first to a last day, which bookings of them, and by what they are put together."""

    first: Day
    last: Day
    by: Grouping = Grouping.DAY
    node: Ident | None = None
    doctor: Ident | None = None
    type: Code | None = None
    channel: Channel | None = None


class FiguresOut(Out):
    """The figures as the page defines them; rates are percentages, null where nothing can be divided."""

    slots: int | None
    minutes: int | None
    booked: int
    arrived: int
    completed: int
    open: int
    no_show: int
    cancelled: int
    late: int
    used: Decimal | None
    missed: Decimal | None
    called_off: Decimal | None
    lead_days: Decimal | None


class GroupOut(FiguresOut):
    """One line: a day, week, month, hour, centre, doctor, item or source, and its name."""

    key: str
    label: str


class ReasonOut(Out):
    """How many bookings were cancelled for a reason; no code: it was not said."""

    code: str
    label: str
    count: int


class StatisticsOut(Out):
    """The lines, all together, and why bookings were cancelled; never paged."""

    items: list[GroupOut]
    total: FiguresOut
    cancel_reasons: list[ReasonOut]
    next: None


@router.get(
    "appointment-statistics", response={200: StatisticsOut, **RESPONSES}, operation_id="appointment_statistics_list"
)
@needs(AppointmentPermission.VIEW)
def list_statistics(request: ApiRequest, query: Query[StatisticsQuery]) -> dict[str, object]:
    """What became of the bookings one sees that begin from the first to the last day."""
    found = statistics(request.user, _asked(request, query), query.by)
    names = _codes(query.by, [group.key for group in found.groups])
    return {
        "items": [{"key": names.get(one.key, _key(query.by, one.key)), "label": one.label, **_show(one.figures)} for one in found.groups],
        "total": _show(found.total),
        "cancel_reasons": [{"code": code, "label": label, "count": many} for code, label, many in found.reasons],
        "next": None,
    }  # fmt: skip


def _asked(request: ApiRequest, query: StatisticsQuery) -> Asked:
    if query.last < query.first:
        raise Invalid.one("last", "order", _("结束日期不能早于开始日期。"))
    most = STATISTICS_DAYS.on(request.at)
    if (query.last - query.first).days >= most:
        raise Invalid.one("last", "span", _("一次最多看 %d 天。") % most)
    node = reference(Node.objects.all(), query.node, "nod", "code", field="node").pk if query.node else None
    doctor = None
    if query.doctor:
        doctor = reference(User.objects.filter(is_system=False), query.doctor, "usr", "job_number", field="doctor").pk
    return Asked(query.first, query.last + timedelta(days=1), node, doctor, known_code(query.type), query.channel or "")


def _codes(by: Grouping, keys: list[int]) -> dict[int, str]:
    """Centres by code, doctors by job number."""
    if by == Grouping.CENTRE:
        return dict(Node.objects.filter(pk__in=keys).values_list("pk", "code"))
    if by == Grouping.DOCTOR:
        return dict(User.objects.filter(pk__in=keys).values_list("pk", "job_number"))
    return {}


def _key(by: Grouping, key: object) -> str:
    return f"{key:02}:00" if by == Grouping.TIME else str(key)


def _show(figures: Figures) -> dict[str, object]:
    return {one.code: one.value(figures) for one in FIGURES}
