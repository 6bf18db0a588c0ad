"""Opening the archive of a lead (CUS-001, CUS-002)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.customers.actions.timeline import record_fact
from kefu.customers.channels import district_of
from kefu.customers.choices import ContactKind, FactKind, Relation, Stage
from kefu.customers.details import check_person, contact_points, read_phone, set_age
from kefu.customers.events import ArchiveOpened
from kefu.customers.gates import OPEN
from kefu.customers.holding import held
from kefu.customers.indexing import reindex
from kefu.customers.models import ContactPoint, Customer, FamilyLink, OwnershipChange, Source
from kefu.customers.owners import check_owners
from kefu.customers.permissions import CustomerPermission
from kefu.customers.phones import Holder, holders, lock_numbers, owner_of
from kefu.customers.rights import require_customer, takes_in
from kefu.customers.rules import Identity, missing_fields, phone_identity
from kefu.customers.sentences import OPENED, OPENING
from kefu.customers.wording import MISSING
from kefu.foundation.access.checks import allowed
from kefu.foundation.audit.trail import Subject, action, record
from kefu.foundation.events.bus import announce
from kefu.foundation.gates.registry import check
from kefu.kernel.errors import FieldError, Invalid, Refused
from kefu.kernel.ids import ident
from kefu.organisation.choices import NodeKind
from kefu.organisation.models import Node, User

NOT_CENTRES = frozenset({NodeKind.HEAD_OFFICE, NodeKind.DEPARTMENT})


@dataclass(frozen=True)
class Family:
    """The archive belongs to the family of somebody who owns the phone number."""

    relative: Customer
    relation: str
    guardian: bool = False
    proxy: bool = False


@dataclass(frozen=True)
class _Opening:
    """What was filled in."""

    name: str
    sex: str
    birth_date: date | None
    age: int | None
    doctor: User | None
    health_manager: User | None
    node: Node | None
    source: Source | None
    remarks: str
    remarks_none: bool


@action
def open_archive(
    *,
    customer: Customer,
    doctor: User | None,
    health_manager: User | None,
    node: Node | None,
    sex: str = "",
    birth_date: date | None = None,
    age: int | None = None,
    source: Source | None = None,
    remarks: str = "",
    remarks_none: bool = False,
    name: str = "",
    phone: str = "",
    family: Family | None = None,
    by: User,
    at: datetime,
) -> Customer:
    """Make a lead a customer. What the lead already has (name, age, phone, source, remarks) need not be given again.

    A phone number that an active customer owns is refused unless `family` says how the two belong together; from a mere lead it is taken
    over. Raises Invalid naming every mandatory field that is missing, Refused `already_open`, `closed` or `phone_taken` (with `customer`
    in the details if it may be seen), Forbidden, OutOfScope (CUS-001, CUS-002, ORG-010).
    """
    require_customer(by, CustomerPermission.ARCHIVE_EDIT, customer)
    locked = held(customer)
    if not takes_in(by, customer.node_id):
        check(OPEN, by=by, at=at, customer_id=customer.pk)
    _require_lead(locked)
    given = _Opening(name.strip() or locked.name, sex or locked.sex, birth_date, age, doctor, health_manager, node,
                     source or locked.source, remarks.strip() or locked.remarks, remarks_none)  # fmt: skip
    _require_complete(locked, given, phone, by, at)
    if phone.strip():
        _add_phone(locked, phone)
    link = _settle_phones(locked, family, by)
    _fill(locked, given, at)
    _tell(locked, given, customer, link, by, at)
    return locked


def _require_lead(customer: Customer) -> None:
    if customer.stage == Stage.ACTIVE:
        raise Refused("already_open", _("这位客户已经建档，不用再建。"))
    if customer.stage == Stage.CLOSED:
        raise Refused("closed", _("这位客户已关闭，请先恢复。"))


def _require_complete(customer: Customer, given: _Opening, phone: str, by: User, at: datetime) -> None:
    """Every missing or wrong field at once, so that the form is corrected in one go."""
    contact = bool(phone.strip()) or customer.contacts.filter(active=True).exists()
    age_known = (
        given.birth_date is not None or given.age is not None or customer.age(timezone.localdate(at)) is not None
    )
    missing = missing_fields(
        name=given.name, age_known=age_known, contact=contact, doctor=given.doctor is not None, node=given.node is not None,
        health_manager=given.health_manager is not None, source=given.source is not None, remarks=bool(given.remarks) or given.remarks_none,
    )  # fmt: skip
    fields = ["phone" if field == "contact" else field for field in missing]
    errors = [FieldError(field, "required", MISSING[field]) for field in fields]
    errors += check_person(sex=given.sex, birth_date=given.birth_date, age=given.age, at=at)
    if given.node is not None:
        errors += _check_place(given.node, given, by) + _check_channel(given.node, given.source, customer)
    if errors:
        raise Invalid(errors)


def _check_place(node: Node, given: _Opening, by: User) -> list[FieldError]:
    errors = []
    if node.kind in NOT_CENTRES or node.closed_on is not None:
        errors.append(FieldError("node", "not_a_centre", _("请选择营业中的分中心。")))
    elif not (takes_in(by, node.pk) or allowed(by, CustomerPermission.ARCHIVE_EDIT, node_id=node.pk)):
        errors.append(FieldError("node", "out_of_reach", _("您不能为这个分中心建档。")))
    return errors + check_owners(node, given.doctor, given.health_manager)


def _check_channel(node: Node, source: Source | None, customer: Customer) -> list[FieldError]:
    """Who newly comes by an agent's channel belongs to its district; a lead registered by it may have moved since (ORG-013)."""
    if source is None or source.pk == customer.source_id or (district := district_of(node, source)).pk == node.pk:
        return []
    words = _("这个渠道的新客户归%(place)s，请选那里。") % {"place": district.label}
    return [FieldError("node", "other_district", words)]


def _add_phone(customer: Customer, text: str) -> None:
    """A phone given only now; who owns it is settled with the others."""
    number = read_phone(text)
    if not customer.contacts.filter(kind=ContactKind.PHONE, value=number.value, active=True).exists():
        ContactPoint.objects.bulk_create(contact_points(customer, phone=number, owns=False, email=""))


def _settle_phones(customer: Customer, family: Family | None, by: User) -> FamilyLink | None:
    link = None
    contacts = list(customer.contacts.filter(kind=ContactKind.PHONE, active=True, owns=False).order_by("value"))
    lock_numbers(*(contact.value for contact in contacts))
    for contact in contacts:
        holder = owner_of(holders(contact.value))
        decision = phone_identity(
            holder.owner if holder else None, archive=True, family_of=family.relative.pk if family else None
        )
        if decision is Identity.REFUSE and holder:
            raise _taken(holder, by)
        if decision is Identity.SHARED and family:
            link = link or _link(customer, family)
            contact.family_link = link
            contact.save(update_fields=["family_link"])
            continue
        if decision is Identity.TAKE_OVER and holder:
            ContactPoint.objects.filter(pk=holder.contact.pk).update(owns=False)
        contact.owns = True
        contact.save(update_fields=["owns"])
    return link or (_link(customer, family) if family else None)


def _taken(holder: Holder, by: User) -> Refused:
    seen = allowed(by, CustomerPermission.ARCHIVE_VIEW, customer=holder.customer)
    details: dict[str, object] = {"family_link": "possible"}
    if not seen:
        return Refused(
            "phone_taken",
            _("这个号码属于另一位客户。如果是一家人，请填写家庭关系；如果是同一个人，请用原来的档案。"),
            details,
        )
    message = _("这个号码属于%(name)s。如果是一家人，请填写家庭关系；如果是同一个人，请用原来的档案。")
    return Refused(
        "phone_taken",
        message % {"name": holder.customer.name},
        details | {"customer": ident("cus", holder.customer.pk)},
    )


def _link(customer: Customer, family: Family) -> FamilyLink:
    if family.relation not in Relation.values:
        raise Invalid.one("relation", "unknown_relation", _("请选择与家人的关系。"))
    known = FamilyLink.objects.filter(customer=customer, relative=family.relative, active=True).first()
    return known or FamilyLink.objects.create(
        customer=customer,
        relative=family.relative,
        relation=family.relation,
        guardian=family.guardian,
        proxy=family.proxy,
    )


def _fill(customer: Customer, given: _Opening, at: datetime) -> None:
    customer.name, customer.sex, customer.remarks, customer.remarks_none = (
        given.name,
        given.sex,
        given.remarks,
        given.remarks_none,
    )
    customer.doctor, customer.health_manager, customer.source = given.doctor, given.health_manager, given.source
    if given.node is not None:
        customer.node = given.node
    set_age(customer, birth_date=given.birth_date, age=given.age, at=at)
    customer.stage, customer.archive_opened_at = Stage.ACTIVE, at
    customer.version += 1
    customer.save()
    reindex(customer)


def _tell(
    customer: Customer, given: _Opening, before: Customer, link: FamilyLink | None, by: User, at: datetime
) -> None:
    subject = Subject("customers.customer", customer.pk)
    OwnershipChange.objects.create(
        customer=customer, node_before_id=before.node_id, node_after_id=customer.node_id, doctor_before_id=before.doctor_id,
        doctor_after_id=customer.doctor_id, manager_before_id=before.health_manager_id, manager_after_id=customer.health_manager_id,
        reason=OPENING.code, by=by, at=at,
    )  # fmt: skip
    record(
        "customers.archive.opened", by=by, at=at, subject=subject, customer_id=customer.pk, node_id=customer.node_id,
        changes={"stage": (Stage.LEAD, Stage.ACTIVE), "node": (before.node_id, customer.node_id), "doctor": (before.doctor_id, customer.doctor_id),
                 "health_manager": (before.health_manager_id, customer.health_manager_id),
                 "source": (before.source_id, customer.source_id), "family_link": (None, link.pk if link else None)},
        personal={"name": (before.name, customer.name), "birth_date": (before.birth_date, customer.birth_date), "age": (before.age_stated, given.age)},
    )  # fmt: skip
    record_fact(customer=customer, kind=FactKind.ARCHIVE, item=OPENED, subject=subject, by=by, at=at)
    announce(ArchiveOpened(customer_id=customer.pk, by=by, at=at))
