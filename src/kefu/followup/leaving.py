"""The contacts somebody who leaves has taken on (ORG-016)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.followup.actions.contacts import pass_on
from kefu.followup.choices import FollowUpState
from kefu.followup.models import FollowUp
from kefu.followup.permissions import FollowUpPermission
from kefu.followup.sentences import HELD
from kefu.foundation.access.checks import require
from kefu.foundation.access.queries import colleagues_with
from kefu.organisation.models import User
from kefu.people.leaving import SHOWN, Handing, Held, Holding, register


def _ids(leaver: User, last_day: date, at: datetime) -> list[int]:
    """Those planned for after the last day too: nobody else sees them as free. Of customers whose data rests nothing is handed over."""
    taken = FollowUp.objects.filter(taken_by=leaver, state=FollowUpState.OPEN, customer__restricted_at__isnull=True)
    return list(taken.order_by("customer_id", "pk").values_list("pk", flat=True))


def _show(reader: User, ids: Sequence[int]) -> list[Held]:
    found = FollowUp.objects.visible_to(reader).filter(pk__in=ids).select_related("customer").order_by("due_at", "pk")
    return [
        Held(one.pk, one.customer.name, f"{timezone.localtime(one.due_at):%Y-%m-%d} {one.topic}", reverse("followup:follow_up", args=[one.pk]))
        for one in found[:SHOWN]
    ]  # fmt: skip


def _takers(leaver: User) -> QuerySet[User]:
    return colleagues_with("health_manager", leaver.node_id) | colleagues_with("service_agent", leaver.node_id)


def _give(ident: int, taker: User, handing: Handing) -> None:
    row = FollowUp.objects.select_related("customer").get(pk=ident)
    if handing.direct:
        require(handing.by, FollowUpPermission.CONTACT, node_id=row.customer.node_id)
    pass_on(follow_up=row, to=taker, reason=handing.reason, by=handing.by, at=handing.at)


def _release(ident: int, handing: Handing) -> None:
    pass_on(follow_up=FollowUp.objects.get(pk=ident), to=None, reason=handing.reason, by=handing.by, at=handing.at)


register(
    Holding(
        "followup.taken", HELD, 50, (("followup.FollowUp", "taken_by"),), _ids, _show, _takers, _give, _release, _("放回待接手"),
    )
)  # fmt: skip
