"""What every verb on a requisition does: hold it in the right state, note who did what, tell whose turn it is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.queries import colleagues_with
from kefu.foundation.audit.trail import record, within_action
from kefu.foundation.notices.actions import tell
from kefu.foundation.sentences.saying import Said
from kefu.kernel.errors import Refused
from kefu.organisation.models import User
from kefu.requisitions import sentences
from kefu.requisitions.choices import DECIDING, State, StepKind
from kefu.requisitions.models import Requisition, RequisitionStep
from kefu.requisitions.queries import subject_of
from kefu.requisitions.turns import directors, keepers


@within_action
def held(requisition: Requisition, *states: State) -> Requisition:
    """The requisition, held until the transaction ends. Raises Refused "wrong_state" when it is not where this verb begins."""
    rows = Requisition.objects.select_for_update(of=("self",), no_key=True)
    current = rows.select_related("target__node", "source__node", "by", "slip").get(pk=requisition.pk)
    if current.state not in states:
        words = _("申请单 %(number)s 现在是“%(state)s”，不能这样做，请刷新再看")
        raise Refused("wrong_state", words % {"number": current.number, "state": current.get_state_display()})
    return current


@within_action
def step(
    current: Requisition, kind: StepKind, to: State, *, by: User, at: datetime, reason: str = "", **said: object
) -> None:
    """Note a step of a held requisition and what follows from it.

    Raises Refused "own" where somebody would decide his own, "twice" where somebody decided before.
    """
    if kind in DECIDING:
        if by.pk == current.by_id:
            raise Refused("own", _("自己填的申请单要由别的同事签批"))
        if current.steps.filter(by=by, kind__in=DECIDING).exists():
            raise Refused("twice", _("您已经签批过这张申请单，下一步要由别的同事来"))
    before, current.state = current.state, to
    current.save(update_fields=["state", "slip", "open_packs", "settle_by"])
    RequisitionStep.objects.create(
        requisition=current, kind=kind, drafted_by_id=current.by_id, by=by, at=at, reason=reason
    )
    changes = {name: (None, value) for name, value in said.items()} | {"state": (before, str(to))}
    record(
        f"requisitions.requisition.{kind}", by=by, at=at, subject=subject_of(current), node_id=current.target.node_id,
        reason=reason, changes=changes,
    )  # fmt: skip
    _ring(current, at, reason)


def _ring(current: Requisition, at: datetime, reason: str) -> None:
    node, number = current.target.node_id, current.number
    turns: dict[str, tuple[Iterable[User], Said]] = {
        State.DRAFT: (directors(current.target), sentences.SIGN(number=number)),
        State.SUBMITTED: (colleagues_with("finance", node), sentences.CHECK(number=number)),
        State.CHECKED: (colleagues_with("product_manager", node), sentences.APPROVE(number=number)),
        State.APPROVED: (keepers(current.source), sentences.PICK(number=number)),
        State.ISSUED: (keepers(current.target), sentences.ARRIVES(number=number)),
        State.DIFFERENCE: ({*keepers(current.target), *keepers(current.source)}, sentences.DIFFERS(number=number)),
        State.REJECTED: ([current.by], sentences.ENDED(number=number, reason=reason)),
    }
    if current.state in turns:
        users, text = turns[current.state]
        link = reverse("requisitions:requisition", args=[current.pk])
        tell(users=users, code="requisitions.turn", text=text, link=link, at=at, unless_unread=False)
