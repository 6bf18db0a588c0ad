"""Registering a person (CUS-006, CUS-010): the fewest possible questions, never refused for a known number."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.customers.actions.likeness import note_same_number
from kefu.customers.actions.timeline import record_fact
from kefu.customers.channels import district_of
from kefu.customers.choices import CaptureWay, FactKind
from kefu.customers.details import Phone, check_person, contact_points, read_phone, set_age
from kefu.customers.events import LeadCreated
from kefu.customers.indexing import index
from kefu.customers.models import ContactPoint, Customer, Source
from kefu.customers.permissions import CustomerPermission
from kefu.customers.phones import Holder, holders, lock_numbers, owner_of
from kefu.customers.rights import require_intake
from kefu.customers.sentences import REGISTERED
from kefu.foundation.access.checks import allowed
from kefu.foundation.audit.trail import Subject, action, record
from kefu.foundation.events.bus import announce
from kefu.kernel.errors import FieldError, Invalid
from kefu.organisation.models import Node, User

NAME = 60
EARLIEST = 1950


@dataclass(frozen=True)
class LeadWarning:
    """Something to look at although the lead was taken. `customer_id` is set when the other person may be opened."""

    code: str
    message: object
    customer_id: int | None = None


@dataclass(frozen=True)
class LeadResult:
    """The new lead and what to look at."""

    customer: Customer
    warnings: list[LeadWarning] = field(default_factory=list)


@action
def create_lead(
    *,
    name: str,
    phone: str,
    node: Node | None = None,
    source: Source | None = None,
    note: str = "",
    sex: str = "",
    birth_date: date | None = None,
    age: int | None = None,
    email: str = "",
    card_number: str = "",
    address: str = "",
    doctor: User | None = None,
    health_manager: User | None = None,
    registered_on: date | None = None,
    capture: CaptureWay = CaptureWay.COUNTER,
    paper_mark: str = "",
    by: User,
    at: datetime,
) -> LeadResult:
    """Register a person by name and phone; one of the two is enough. The lead belongs to `node` (default: the creator's) and, without
    a health manager, to its unassigned pool; whoever comes by an agent's channel belongs to the pool of its district, also where the
    creator does not reach. A number somebody has already is taken with a warning and a suggestion.

    Somebody who comes from an older list was registered on the day that list says, and stays at the place it says; the trail keeps when
    it was entered here. `capture` is the way it came in, `paper_mark` where the original paper is kept (CUS-010).
    Raises Forbidden, OutOfScope, Invalid (name, phone, sex, birth_date, age, registered_on) (CUS-001, CUS-003, CUS-006, ORG-010, ORG-013).
    """
    asked = node or by.node
    require_intake(by, asked.pk)
    place = asked if registered_on else district_of(asked, source)
    if place.pk != asked.pk:
        doctor = health_manager = None
    since = at if registered_on is None else timezone.make_aware(datetime.combine(registered_on, time()))
    wrong = check_person(sex=sex, birth_date=birth_date, age=age, at=at) + _check_since(registered_on, birth_date, at)
    number = _check(name, phone, wrong)
    known = _look_up(number)
    customer = Customer(
        name=name.strip(), node=place, source=source, remarks=note.strip(), sex=sex, card_number=card_number.strip(), address=address.strip(),
        doctor=doctor, health_manager=health_manager, created_by=by, created_at=since,
        capture=CaptureWay(capture), paper_mark=paper_mark.strip(),
    )  # fmt: skip
    set_age(customer, birth_date=birth_date, age=age, at=at)
    points = contact_points(customer, phone=number, owns=owner_of(known) is None, email=email)
    index(customer, [point.value for point in points])
    customer.save(force_insert=True)
    ContactPoint.objects.bulk_create(points)
    subject = Subject("customers.customer", customer.pk)
    record("customers.lead.created", by=by, at=at, subject=subject, customer_id=customer.pk, node_id=place.pk,
           changes={"stage": (None, customer.stage), "source": (None, source.code if source else None), "capture": (None, customer.capture)})  # fmt: skip
    record_fact(customer=customer, kind=FactKind.ARCHIVE, item=REGISTERED, subject=subject, by=by, at=since)
    if known:
        note_same_number(customer_id=customer.pk, others=[holder.customer.pk for holder in known], at=at)
    announce(LeadCreated(customer_id=customer.pk, by=by, at=at))
    return LeadResult(customer, [_warning(holder, by) for holder in known])


def _check(name: str, phone: str, errors: list[FieldError]) -> Phone | None:
    number = None
    if not name.strip() and not phone.strip():
        errors.append(FieldError("name", "required", _("请填写姓名或电话。")))
    if len(name.strip()) > NAME:
        errors.append(FieldError("name", "too_long", _("姓名最多 60 个字。")))
    if phone.strip():
        try:
            number = read_phone(phone)
        except Invalid as error:
            errors += error.errors
    if errors:
        raise Invalid(errors)
    return number


def _check_since(day: date | None, birth_date: date | None, at: datetime) -> list[FieldError]:
    if day is None:
        return []
    if day > timezone.localdate(at):
        return [FieldError("registered_on", "future", _("建档日期还没到。"))]
    if day.year < EARLIEST or (birth_date is not None and day < birth_date):
        return [FieldError("registered_on", "too_early", _("建档日期太早了，请核对。"))]
    return []


def _look_up(number: Phone | None) -> list[Holder]:
    if number is None:
        return []
    lock_numbers(number.value)
    return holders(number.value)


def _warning(holder: Holder, by: User) -> LeadWarning:
    """Names the other person only to those who may see him or her."""
    if not allowed(by, CustomerPermission.ARCHIVE_VIEW, customer=holder.customer):
        return LeadWarning("phone_known", _("这个号码在其他中心已有登记，建档前请先核对。"))
    message = _("这个号码已登记给%(name)s（%(stage)s），请核对是不是同一个人。")
    stage = holder.customer.get_stage_display()
    return LeadWarning("phone_known", message % {"name": holder.customer.name, "stage": stage}, holder.customer.pk)
