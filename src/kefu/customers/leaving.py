"""What somebody who leaves holds of customers: as their health manager, and as their doctor (ORG-016)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kefu.customers.actions.ownership import assign_owner, put_into_pool, receive
from kefu.customers.choices import Stage
from kefu.customers.models import Customer
from kefu.customers.sentences import HELD_AS_DOCTOR, HELD_AS_MANAGER
from kefu.foundation.access.queries import colleagues_with
from kefu.organisation.models import User
from kefu.people.leaving import SHOWN, Handing, Held, Holding, keep, register

DOCTOR, MANAGER = "doctor", "health_manager"


def _ids(role: str) -> Callable[[User, date, datetime], list[int]]:
    def ids(leaver: User, last_day: date, at: datetime) -> list[int]:
        theirs = Customer.objects.filter(**{role: leaver}).exclude(stage=Stage.CLOSED).in_use()
        return list(theirs.order_by("pk").values_list("pk", flat=True))

    return ids


def _show(reader: User, ids: Sequence[int]) -> list[Held]:
    found = Customer.objects.visible_to(reader).filter(pk__in=ids).select_related("node").order_by("pk")
    return [
        Held(one.pk, one.name or str(_("未留姓名")), f"{one.get_stage_display()} · {one.node.label}", reverse("customers:page", args=[one.pk]))
        for one in found[:SHOWN]
    ]  # fmt: skip


def _takers(role: str) -> Callable[[User], QuerySet[User]]:
    return lambda leaver: colleagues_with(role, leaver.node_id)


def _give(role: str) -> Callable[[int, User, Handing], None]:
    def give(ident: int, taker: User, handing: Handing) -> None:
        verb = assign_owner if handing.direct else receive
        owners: dict[str, User] = {role: taker}
        verb(customer=Customer.objects.get(pk=ident), **owners, reason=handing.reason, by=handing.by, at=handing.at)

    return give


def _release(ident: int, handing: Handing) -> None:
    put_into_pool(customer=Customer.objects.get(pk=ident), reason=handing.reason, by=handing.by, at=handing.at)


register(
    Holding(
        "customers.manager", HELD_AS_MANAGER, 10, (("customers.Customer", MANAGER),), _ids(MANAGER), _show, _takers(MANAGER),
        _give(MANAGER), _release, _("线索放回公共池"),
    )
)  # fmt: skip
register(
    Holding(
        "customers.doctor", HELD_AS_DOCTOR, 20, (("customers.Customer", DOCTOR),), _ids(DOCTOR), _show, _takers(DOCTOR), _give(DOCTOR),
    )
)  # fmt: skip
for _field in ("doctor_before", "doctor_after", "manager_before", "manager_after"):
    keep("customers.OwnershipChange", _field, "history")
for _field in ("doctor", "health_manager"):
    keep("customers.TerritoryMove", _field, "a move asks again who works at the new place when it happens")
keep("customers.MovedStaff", "user", "the role itself ends with the account")
