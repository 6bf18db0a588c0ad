"""What somebody who leaves has borrowed (ORG-016): it is brought back, or another colleague answers for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import QuerySet
from django.urls import reverse

from kefu.foundation.access.checks import require
from kefu.organisation.models import User
from kefu.people.leaving import Handing, Held, Holding, register
from kefu.people.permissions import PeoplePermission
from kefu.requisitions.actions import pass_lending
from kefu.requisitions.choices import LendingState
from kefu.requisitions.models import Lending
from kefu.requisitions.sentences import LENT


def _ids(leaver: User, last_day: date, at: datetime) -> list[int]:
    still = (LendingState.ASKED, LendingState.AGREED, LendingState.OUT)
    return list(Lending.objects.filter(borrower=leaver, state__in=still).order_by("pk").values_list("pk", flat=True))


def _show(reader: User, ids: Sequence[int]) -> list[Held]:
    found = Lending.objects.visible_to(reader).filter(pk__in=ids).order_by("pk")
    return [Held(one.pk, one.number, one.purpose, reverse("requisitions:lending", args=[one.pk])) for one in found]


def _takers(leaver: User) -> QuerySet[User]:
    return User.objects.filter(node=leaver.node_id, is_active=True, is_system=False).exclude(pk=leaver.pk)


def _give(ident: int, taker: User, handing: Handing) -> None:
    lending = Lending.objects.select_related("warehouse").get(pk=ident)
    if handing.direct:
        require(handing.by, PeoplePermission.LEAVING_DECIDE, node_id=lending.warehouse.node_id)
    pass_lending(lending=lending, to=taker, by=handing.by, at=handing.at)


register(
    Holding("requisitions.lending", LENT, 65, (("requisitions.Lending", "borrower"),), _ids, _show, _takers, _give)
)
