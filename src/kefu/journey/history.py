"""The lines of a journey's history, and what every verb on a journey checks first."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from kefu.customers.actions import record_fact
from kefu.customers.choices import FactKind
from kefu.customers.holding import hold
from kefu.foundation.access.checks import require
from kefu.foundation.access.queries import access_of
from kefu.foundation.audit.trail import Subject
from kefu.foundation.sentences.saying import Sentence
from kefu.journey.choices import EntryKind, JourneyState
from kefu.journey.models import Journey, JourneyEntry, NodeTemplate
from kefu.journey.permissions import JourneyPermission
from kefu.journey.queries.positions import open_journeys
from kefu.kernel.errors import Forbidden, Invalid, Refused
from kefu.organisation.models import User


def has_turn(journey: Journey, roles: Iterable[str], by: User) -> bool:
    """Whether the user holds one of the roles at the customer's centre."""
    access = access_of(by)
    return any(access.has_role(role, journey.customer.node_id) for role in roles)


def require_turn(journey: Journey, roles: Iterable[str], by: User) -> None:
    """Refuse anybody who holds none of the roles at the customer's centre."""
    if not has_turn(journey, roles, by):
        raise Forbidden("wrong_role", _("这一步不由您的岗位办理。"))


def locked_journey(journey: Journey, by: User) -> Journey:
    """The journey's row locked until commit, within the user's scope (OutOfScope)."""
    hold(journey.customer_id)
    locked = (
        Journey.objects.select_for_update(of=("self",), no_key=True)
        .select_related("customer__node", "template")
        .get(pk=journey.pk)
    )
    require(by, JourneyPermission.VIEW, customer=locked.customer)
    return locked


def open_journey(journey: Journey, by: User) -> Journey:
    """The same for a journey that has not ended. Raises Refused `journey_ended`."""
    locked = locked_journey(journey, by)
    if locked.state != JourneyState.OPEN:
        raise Refused("journey_ended", _("这个流程已经结束。"))
    return locked


def need_reason(reason: str) -> None:
    """Refuse (Invalid) an empty reason."""
    if not reason.strip():
        raise Invalid.one("reason", "required", _("请写明原因。"))


def write_entry(journey: Journey, node: NodeTemplate, kind: EntryKind, by: User, at: datetime, *, status_code: str = "",
           reason: str = "", subject: Subject | None = None) -> None:  # fmt: skip
    """Write one line of history, stamped with the role in which it was done."""
    access = access_of(by)
    JourneyEntry.objects.create(
        journey=journey, node=node, kind=kind, status_code=status_code, by=by, at=at, reason=reason,
        role=next((role for role in node.roles if access.has_role(role)), next(iter(sorted(access.roles)), "")),
        subject_kind=subject.kind if subject else "", subject_id=subject.id if subject else None,
    )  # fmt: skip


def tell_timeline(
    journey: Journey, words: Sentence, reason: str, by: User, at: datetime, node: NodeTemplate | None = None
) -> None:
    """Say on the customer's timeline what became of the journey, and why."""
    told, subject = words(number=journey.number, node=node), Subject("journey", journey.pk)
    record_fact(customer=journey.customer, kind=FactKind.JOURNEY, item=told, lines=[reason.strip()], subject=subject, by=by, at=at)  # fmt: skip


MOVING = (
    *(field.name for field in Journey._meta.concrete_fields), "customer__name", "customer__doctor", "customer__health_manager",
    "customer__node__calendar_code",
)  # fmt: skip
"""What moving a journey needs of it and of its customer."""


def locked_open(customer_id: int, subject: Subject | None) -> tuple[list[Journey], list[Journey]]:
    """The open journeys of a held customer, oldest first, and those of them a record belongs to. One query."""
    rows = open_journeys(customer_id).select_for_update(of=("self",), no_key=True)
    rows = rows.select_related("customer__node", "node").only(*MOVING)
    if subject is None:
        return list(rows), []
    lines = JourneyEntry.objects.filter(journey=OuterRef("pk"), subject_kind=subject.kind, subject_id=subject.id)
    found = list(rows.annotate(linked=Exists(lines)))
    return [*found], [journey for journey in found if journey.linked]


def standing_at(customer_id: int, code: str) -> Journey | None:
    """The customer's oldest open journey whose turn it is at a node, locked until commit."""
    hold(customer_id)
    rows = Journey.objects.select_for_update(of=("self",), no_key=True).select_related(
        "customer__node", "template", "node"
    )
    return rows.filter(customer_id=customer_id, state="open", node__code=code).order_by("pk").first()
