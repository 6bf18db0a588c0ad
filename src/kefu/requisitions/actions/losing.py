"""What was set aside for a requisition was taken by a fact: a count, a breakage, a recall."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse

from kefu.foundation.access.queries import colleagues_with
from kefu.foundation.audit.trail import record, within_action
from kefu.foundation.notices.actions import tell
from kefu.organisation.models import User
from kefu.requisitions.models import PickMiss, Requisition
from kefu.requisitions.queries import subject_of
from kefu.requisitions.sentences import LOST
from kefu.requisitions.turns import keepers


@within_action
def note_loss(*, requisition_id: int, product_id: int, packs: int, by: User, at: datetime) -> None:
    """Keep that packs are set aside no longer, and tell who picks and who approved. The requisition itself is not held: who comes from the
    shelf holds that first.
    """
    current = Requisition.objects.select_related("source__keeper", "target").get(pk=requisition_id)
    PickMiss.objects.create(requisition=current, product_id=product_id, packs=packs, by=by, at=at)
    record(
        "requisitions.reservation_lost", by=by, at=at, subject=subject_of(current), node_id=current.source.node_id,
        changes={"packs": (packs, None)},
    )  # fmt: skip
    people = {*keepers(current.source), *colleagues_with("product_manager", current.source.node_id)}
    link = reverse("requisitions:requisition", args=[current.pk])
    tell(users=people, code="requisitions.lost", text=LOST(number=current.number), link=link, at=at, unless_unread=True)
