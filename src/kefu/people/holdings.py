"""What people hold of the modules below: hand-overs that wait for their answer, and standing in for others."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.administration.actions.stand_ins import lapse_stand_in
from kefu.foundation.assignments.actions import lapse
from kefu.foundation.assignments.choices import AssignmentState
from kefu.foundation.assignments.models import Assignment
from kefu.foundation.assignments.registry import kind_of
from kefu.organisation.models import StandIn, User
from kefu.people.leaving import Handing, Held, Holding, keep, register
from kefu.people.sentences import OFFERS_WAITING, STAND_INS


def _offers(leaver: User, last_day: date, at: datetime) -> list[int]:
    waiting = Assignment.objects.filter(offered_to=leaver, state=AssignmentState.OFFERED)
    return list(waiting.order_by("pk").values_list("pk", flat=True))


def _show_offers(reader: User, ids: Sequence[int]) -> list[Held]:
    """Only what kind it is and who asked: the title may name a customer."""
    found = Assignment.objects.filter(pk__in=ids).select_related("offered_by").order_by("pk")
    return [Held(one.pk, str(kind_of(one.kind).label), one.offered_by.name) for one in found]


def _lapse_offer(ident: int, handing: Handing) -> None:
    lapse(assignment=Assignment.objects.get(pk=ident), reason=handing.reason, by=handing.by, at=handing.at)


def _stand_ins(leaver: User, last_day: date, at: datetime) -> list[int]:
    """Those that reach beyond the last day."""
    after = timezone.make_aware(datetime.combine(last_day + timedelta(days=1), time()))
    return list(_running(leaver).filter(ends_at__gt=after).order_by("pk").values_list("pk", flat=True))


def _running(leaver: User) -> QuerySet[StandIn]:
    return StandIn.objects.filter(Q(absent=leaver) | Q(substitute=leaver), ended_at__isnull=True)


def _show_stand_ins(reader: User, ids: Sequence[int]) -> list[Held]:
    found = StandIn.objects.filter(pk__in=ids).select_related("absent", "substitute").order_by("pk")
    return [Held(one.pk, f"{one.substitute.name} → {one.absent.name}", _days(one)) for one in found]


def _days(stand_in: StandIn) -> str:
    starts, ends = timezone.localtime(stand_in.starts_at), timezone.localtime(stand_in.ends_at)
    return f"{starts:%Y-%m-%d %H:%M} – {ends:%Y-%m-%d %H:%M}"


def _end_stand_in(ident: int, handing: Handing) -> None:
    lapse_stand_in(stand_in=StandIn.objects.get(pk=ident), by=handing.by, at=handing.at)


register(
    Holding(
        "offers", OFFERS_WAITING, 80, (("assignments.Assignment", "offered_to"),), _offers, _show_offers,
        release=_lapse_offer, release_label=_("退回给提出的人"),
    )
)  # fmt: skip
register(
    Holding(
        "stand_ins", STAND_INS, 90, (("organisation.StandIn", "absent"), ("organisation.StandIn", "substitute")), _stand_ins,
        _show_stand_ins, release=_end_stand_in, release_label=_("结束代班"),
    )
)  # fmt: skip
OWN_ROW = "the person's own row in a register, which stays"
ACCOUNT = "ends or sleeps with the account"
for _model, _field in (
    ("people.Doctor", "user"), ("people.StaffProfile", "user"), ("people.Credential", "user"), ("people.StaffAttribute", "user"),
    ("people.Departure", "user"),
):  # fmt: skip
    keep(_model, _field, OWN_ROW)
for _model, _field in (
    ("organisation.LoginSession", "user"), ("organisation.SecondFactor", "user"), ("organisation.RecoveryCode", "user"),
    ("organisation.Grant", "user"), ("api.ApiToken", "user"), ("api.StoredAnswer", "user"), ("notices.Notice", "user"),
):  # fmt: skip
    keep(_model, _field, ACCOUNT)
keep("approvals.Decision", "for_whom", "history")
keep("people.WorkHandover", "taker", "what was taken over is held as what it is")
keep("assignments.Assignment", "offered_by", "an offer stays open to the colleague who was asked")
