"""Changing the nodes of a journey: inserting, editing, retiring (JRN-001)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, record
from kefu.foundation.gates.registry import declared
from kefu.journey.models import Journey, JourneyTemplate, NodeGate, NodeTemplate
from kefu.journey.permissions import JourneyPermission
from kefu.kernel.errors import FieldError, Invalid, Refused
from kefu.organisation.models import Role, User


@dataclass(frozen=True)
class NodeSpec:
    """What an administrator says of a node."""

    zh: str
    order: int
    roles: Sequence[str]
    status_zh: str
    en: str = ""
    status_en: str = ""
    deadline_amount: int | None = None
    deadline_unit: str = "working_days"
    optional: bool = False
    gates: Sequence[str] = ()
    condition_zh: str = ""
    condition_en: str = ""
    effect_zh: str = ""
    effect_en: str = ""


@action
def insert_node(*, template: JourneyTemplate, spec: NodeSpec, by: User, at: datetime) -> NodeTemplate:
    """Insert a node that people complete by hand. Journeys already beyond its place are not called back.

    Raises Invalid for an order that is taken, a role or gate that does not exist, or a missing name, role or status word.
    """
    require(by, JourneyPermission.CONFIGURE)
    _check(template, spec, None)
    phase = template.nodes.filter(order__lt=spec.order).order_by("-order").values_list("phase", flat=True).first()
    number = NodeTemplate.objects.filter(template=template).count() + 1
    node = NodeTemplate(
        template=template,
        phase_id=phase or template.phases.earliest("order").pk,
        code=f"step_{number}",
        status_code=f"step_{number}_done",
    )
    _fill(node, spec)
    record(
        "journey.node.inserted",
        by=by,
        at=at,
        subject=Subject("journey.node", node.pk),
        changes={"node": (None, spec.zh), "order": (None, spec.order)},
    )
    return node


@action
def edit_node(*, node: NodeTemplate, spec: NodeSpec, by: User, at: datetime) -> NodeTemplate:
    """Change a node's name, place, roles, status word, deadline or gates; running journeys follow from their next step on."""
    require(by, JourneyPermission.CONFIGURE)
    _check(node.template, spec, node)
    before = {name: getattr(node, name) for name in asdict(spec) if name != "gates"}
    _fill(node, spec)
    changes = {
        name: (str(old), str(getattr(node, name)))
        for name, old in before.items()
        if str(old) != str(getattr(node, name))
    }
    record("journey.node.edited", by=by, at=at, subject=Subject("journey.node", node.pk), changes=changes)
    return node


@action
def retire_node(*, node: NodeTemplate, reason: str, by: User, at: datetime) -> None:
    """Take a node out of use. Raises Refused `in_use` while journeys stand at it, Invalid without a reason."""
    require(by, JourneyPermission.CONFIGURE)
    if not reason.strip():
        raise Invalid.one("reason", "required", _("请写明原因。"))
    if Journey.objects.filter(node=node).exists():
        raise Refused("in_use", _("还有流程停在这个节点，办完或改回后再停用。"))
    node.retired = True
    node.save(update_fields=["retired"])
    record(
        "journey.node.retired",
        by=by,
        at=at,
        subject=Subject("journey.node", node.pk),
        changes={"retired": (False, True)},
        reason=reason,
    )


def _check(template: JourneyTemplate, spec: NodeSpec, node: NodeTemplate | None) -> None:
    faults = []
    same = template.nodes.filter(order=spec.order)
    taken = (same.exclude(pk=node.pk) if node else same).exists()
    if taken:
        faults.append(FieldError("order", "taken", _("这个顺序号已经有节点了，请换一个。")))
    for name, value in (("zh", spec.zh), ("status_zh", spec.status_zh), ("roles", spec.roles)):
        if not value:
            faults.append(FieldError(name, "required", _("这一项还没填")))
    if set(spec.roles) - set(Role.objects.values_list("code", flat=True)):
        faults.append(FieldError("roles", "unknown", _("没有这个岗位，请重新选")))
    if set(spec.gates) - declared().keys():
        faults.append(FieldError("gates", "unknown", _("没有这个动作，请重新选")))
    if faults:
        raise Invalid(faults)


def _fill(node: NodeTemplate, spec: NodeSpec) -> None:
    for name, value in asdict(spec).items():
        if name != "gates":
            setattr(node, name, list(value) if name == "roles" else value)
    node.save()
    node.gates.exclude(gate__in=spec.gates).delete()
    known = set(node.gates.values_list("gate", flat=True))
    NodeGate.objects.bulk_create(NodeGate(node=node, gate=gate) for gate in spec.gates if gate not in known)
