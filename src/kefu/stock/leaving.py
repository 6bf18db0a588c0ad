"""The warehouses of a keeper who leaves (ORG-016)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.checks import require
from kefu.foundation.access.queries import colleagues_with
from kefu.organisation.models import User
from kefu.people.leaving import Handing, Held, Holding, keep, register
from kefu.people.permissions import PeoplePermission
from kefu.stock.actions.warehouses import pass_keys
from kefu.stock.models import Warehouse
from kefu.stock.sentences import HELD


def _ids(leaver: User, last_day: date, at: datetime) -> list[int]:
    return list(Warehouse.objects.filter(keeper=leaver, active=True).order_by("pk").values_list("pk", flat=True))


def _show(reader: User, ids: Sequence[int]) -> list[Held]:
    found = Warehouse.objects.filter(pk__in=ids).select_related("node").order_by("pk")
    return [Held(one.pk, one.label, one.node.label, reverse("stock:list")) for one in found]


def _takers(leaver: User) -> QuerySet[User]:
    return colleagues_with("branch_keeper", leaver.node_id) | colleagues_with("central_keeper", leaver.node_id)


def _give(ident: int, taker: User, handing: Handing) -> None:
    warehouse = Warehouse.objects.get(pk=ident)
    if handing.direct:
        require(handing.by, PeoplePermission.LEAVING_DECIDE, node_id=warehouse.node_id)
    pass_keys(warehouse=warehouse, keeper=taker, by=handing.by, at=handing.at)


def _release(ident: int, handing: Handing) -> None:
    pass_keys(warehouse=Warehouse.objects.get(pk=ident), keeper=None, by=handing.by, at=handing.at)


register(
    Holding(
        "stock.keeper",
        HELD,
        60,
        (("stock.Warehouse", "keeper"),),
        _ids,
        _show,
        _takers,
        _give,
        _release,
        _("先不定保管员"),
    )
)
keep("stock.DestructionStep", "witness", "who stood by when goods were destroyed; it stays so")
