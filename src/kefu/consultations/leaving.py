"""The interviews somebody who leaves has begun and not saved (ORG-016)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from kefu.consultations.actions.drafts import pass_on
from kefu.consultations.choices import ConsultationState
from kefu.consultations.models import Consultation
from kefu.consultations.sentences import HELD
from kefu.foundation.access.checks import require
from kefu.foundation.access.queries import colleagues_with
from kefu.organisation.models import User
from kefu.people.leaving import SHOWN, Handing, Held, Holding, keep, register
from kefu.people.permissions import PeoplePermission


def _ids(leaver: User, last_day: date, at: datetime) -> list[int]:
    drafts = Consultation.objects.filter(doctor=leaver, state=ConsultationState.DRAFT)
    return list(drafts.order_by("customer_id", "pk").values_list("pk", flat=True))


def _show(reader: User, ids: Sequence[int]) -> list[Held]:
    found = Consultation.objects.visible_to(reader).filter(pk__in=ids).select_related("customer").order_by("pk")
    return [
        Held(one.pk, one.customer.name, f"{timezone.localtime(one.started_at):%Y-%m-%d %H:%M}", reverse("consultations:consultation", args=[one.pk]))
        for one in found[:SHOWN]
    ]  # fmt: skip


def _takers(leaver: User) -> QuerySet[User]:
    return colleagues_with("doctor", leaver.node_id)


def _give(ident: int, taker: User, handing: Handing) -> None:
    draft = Consultation.objects.select_related("customer").get(pk=ident)
    if handing.direct:
        require(handing.by, PeoplePermission.LEAVING_DECIDE, node_id=draft.customer.node_id)
    pass_on(consultation=draft, doctor=taker, reason=handing.reason, by=handing.by, at=handing.at)


register(
    Holding("consultations.drafts", HELD, 40, (("consultations.Consultation", "doctor"),), _ids, _show, _takers, _give)
)
keep("consultations.DraftHandover", "giver", "history")
keep("consultations.DraftHandover", "taker", "history")
