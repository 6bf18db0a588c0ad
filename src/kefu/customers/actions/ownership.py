"""Who is responsible for a customer (ORG-010)."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from kefu.customers.actions.timeline import record_fact
from kefu.customers.choices import FactKind, Stage
from kefu.customers.events import OwnerChanged
from kefu.customers.holding import held
from kefu.customers.models import Customer, OwnershipChange
from kefu.customers.owners import check_owners
from kefu.customers.permissions import CustomerPermission
from kefu.customers.sentences import OWNERS
from kefu.foundation.access.checks import allowed, require
from kefu.foundation.access.queries import access_of
from kefu.foundation.assignments.actions import offer
from kefu.foundation.assignments.models import Assignment
from kefu.foundation.audit.trail import Subject, action, nothing_changed, record, within_action
from kefu.foundation.events.bus import announce
from kefu.foundation.sentences.saying import Said
from kefu.kernel.errors import FieldError, Forbidden, Invalid, Refused
from kefu.organisation.models import Node, User

MANAGER = "customer_manager"
DOCTOR = "customer_doctor"


@action
def assign_owner(
    *,
    customer: Customer,
    doctor: User | None = None,
    health_manager: User | None = None,
    node: Node | None = None,
    reason: str,
    by: User,
    at: datetime,
) -> Customer:
    """Make a doctor, a health manager or a centre responsible; what is not given stays. For those who assign customers; a health
    manager may also take a customer of the unassigned pool for herself.

    Raises Invalid (`reason`, `doctor`, `health_manager`), Refused `taken` when a colleague was faster, Forbidden, OutOfScope (ORG-010).
    """
    if _takes_from_pool(by, customer, doctor, health_manager, node):
        if held(customer).health_manager_id is not None:
            raise Refused("taken", _("同事刚刚接手了这位客户。"))
    else:
        require(by, CustomerPermission.OWNER_ASSIGN, customer=customer)
    if node is not None and node.pk != customer.node_id:
        require(by, CustomerPermission.OWNER_ASSIGN, node_id=node.pk)
    if not reason.strip():
        raise Invalid.one("reason", "required", _("请写明变更归属的原因。"))
    return _change(customer, doctor, health_manager, node, reason.strip(), by, at)


@action
def offer_customer(*, customer: Customer, to: User, role: str, reason: str, by: User, at: datetime) -> Assignment:
    """Ask a colleague to take the customer over as `doctor` or `health_manager`; ownership changes when he or she accepts.

    For the owners themselves and those who assign customers. Raises Invalid (`to`, `reason`, `role`), Refused `already_offered`,
    Forbidden, OutOfScope (ORG-010).
    """
    require(by, CustomerPermission.ARCHIVE_VIEW, customer=customer)
    if not customer.owner_ids & access_of(by).persons and not allowed(
        by, CustomerPermission.OWNER_ASSIGN, customer=customer
    ):
        raise Forbidden("not_owner", _("只有这位客户的负责人或主任可以移交。"))
    if role not in ("doctor", "health_manager"):
        raise Invalid.one("role", "unknown_role", _("请选择移交健康管理师还是功能医生。"))
    wrong = check_owners(customer.node, to if role == "doctor" else None, to if role == "health_manager" else None)
    if wrong:
        raise Invalid(FieldError("to", error.code, error.message) for error in wrong)
    kind = DOCTOR if role == "doctor" else MANAGER
    return offer(kind=kind, subject=Subject("customers.customer", customer.pk), to=to, title=customer.name, reason=reason,
                 customer_id=customer.pk, node_id=customer.node_id, by=by, at=at)  # fmt: skip


@within_action
def receive(
    *,
    customer: Customer,
    doctor: User | None = None,
    health_manager: User | None = None,
    reason: str,
    by: User,
    at: datetime,
) -> Customer:
    """Make a colleague responsible who has agreed to it. Raises Invalid as `assign_owner` does."""
    return _change(customer, doctor, health_manager, None, reason, by, at)


@within_action
def put_into_pool(*, customer: Customer, reason: str, by: User, at: datetime) -> None:
    """A lead waits for whoever takes it; a customer with an archive always has somebody. Raises Refused `needs_owner`."""
    locked = held(customer, "node", "doctor")
    if locked.stage != Stage.LEAD:
        raise Refused("needs_owner", _("已建档的客户要有负责人，请交给同事。"))
    before = (locked.node_id, locked.doctor_id, locked.health_manager_id)
    locked.health_manager, locked.version = None, locked.version + 1
    locked.save(update_fields=["health_manager", "version"])
    _tell(locked, before, reason, by, at)


@within_action
def relocate(
    *,
    customer: Customer,
    node: Node,
    doctor: User | None,
    health_manager: User | None,
    reason: str,
    said: Said,
    by: User,
    at: datetime,
) -> OwnershipChange:
    """Let a customer whom the caller holds belong to another place and other people, whom the caller has chosen rightly; None is nobody."""
    before = (customer.node_id, customer.doctor_id, customer.health_manager_id)
    customer.node, customer.doctor, customer.health_manager = node, doctor, health_manager
    customer.version += 1
    customer.save(update_fields=["node", "doctor", "health_manager", "version"])
    return _tell(customer, before, reason, by, at, said)


@within_action
def take_over_as_manager(assignment: Assignment, by: User, at: datetime) -> None:
    """An accepted hand-over makes the colleague the customer's health manager."""
    customer = Customer.objects.get(pk=assignment.subject_id)
    _change(customer, None, assignment.offered_to, None, assignment.reason, by, at)


@within_action
def take_over_as_doctor(assignment: Assignment, by: User, at: datetime) -> None:
    """An accepted hand-over makes the colleague the customer's doctor."""
    customer = Customer.objects.get(pk=assignment.subject_id)
    _change(customer, assignment.offered_to, None, None, assignment.reason, by, at)


def _takes_from_pool(
    by: User, customer: Customer, doctor: User | None, health_manager: User | None, node: Node | None
) -> bool:
    in_pool = customer.health_manager_id is None and customer.stage != Stage.CLOSED
    herself = doctor is None and node is None and health_manager is not None and health_manager.pk == by.pk
    return in_pool and herself and allowed(by, CustomerPermission.ARCHIVE_EDIT, customer=customer)


def _change(customer: Customer, doctor: User | None, health_manager: User | None, node: Node | None, reason: str, by: User,
            at: datetime) -> Customer:  # fmt: skip
    locked = held(customer, "node", "doctor", "health_manager")
    before = (locked.node_id, locked.doctor_id, locked.health_manager_id)
    locked.node = node or locked.node
    locked.doctor = doctor or locked.doctor
    locked.health_manager = health_manager or locked.health_manager
    after = (locked.node_id, locked.doctor_id, locked.health_manager_id)
    moved = node is not None and before[0] != after[0]
    wrong = check_owners(
        locked.node, locked.doctor if moved else doctor, locked.health_manager if moved else health_manager
    )
    if wrong:
        raise Invalid(wrong)
    if before == after:
        nothing_changed()
        return locked
    locked.version += 1
    locked.save(update_fields=["node", "doctor", "health_manager", "version"])
    _tell(locked, before, reason, by, at)
    return locked


def _tell(
    customer: Customer,
    before: tuple[int, int | None, int | None],
    reason: str,
    by: User,
    at: datetime,
    said: Said | None = None,
) -> OwnershipChange:
    subject = Subject("customers.customer", customer.pk)
    change = OwnershipChange.objects.create(
        customer=customer, node_before_id=before[0], node_after_id=customer.node_id, doctor_before_id=before[1],
        doctor_after_id=customer.doctor_id, manager_before_id=before[2], manager_after_id=customer.health_manager_id, reason=reason, by=by, at=at,
    )  # fmt: skip
    changes: dict[str, tuple[object, object]] = {
        "node": (before[0], customer.node_id), "doctor": (before[1], customer.doctor_id), "health_manager": (before[2], customer.health_manager_id),
    }  # fmt: skip
    record("customers.owner.changed", by=by, at=at, subject=subject, customer_id=customer.pk, node_id=customer.node_id, changes=changes,
           reason=reason)  # fmt: skip
    names = [person.name for person in (customer.health_manager, customer.doctor) if person]
    record_fact(customer=customer, kind=FactKind.ARCHIVE, item=said or OWNERS(names=names), lines=[reason], subject=subject,
                by=by, at=at)  # fmt: skip
    announce(OwnerChanged(customer_id=customer.pk, by=by, at=at, reason=reason))
    return change
