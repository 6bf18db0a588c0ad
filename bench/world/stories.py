"""One customer for each place a customer can stand at, brought there by actions. The crowd is multiplied from them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bench.world.chain import Chain
from kefu.appointments.actions import book
from kefu.appointments.choices import AppointmentType
from kefu.consultations.events import ConsultationSaved
from kefu.customers.actions import create_lead, open_archive
from kefu.customers.actions.numbers import issue_archive_number
from kefu.customers.models import Customer
from kefu.foundation.audit.trail import Subject, action, record
from kefu.foundation.events.bus import announce
from kefu.journey.actions.steps import step_done
from kefu.journey.models import Journey, NodeTemplate
from kefu.lab.actions import Finding, check_samples, issue_kit, place_order, record_signature
from kefu.organisation.models import User
from kefu.products.models import TestItem
from kefu.testing.cast import AT, SHANGHAI

BEGAN = AT - timedelta(days=3)
"""A Friday, nine o'clock: three days before the day on which everything is measured."""
ORDERED = ("T-FOOD", "T-OAT", "T-GEN")
LEAD, LAST = "lead", "followup"


@dataclass(frozen=True)
class Story:
    """A prototype customer: a lead, or somebody whose journey stands at a node."""

    node: str
    customer: Customer


def live(chain: Chain) -> None:
    """Bring the prototypes to their places, all of Beijing and of the same doctor and manager."""
    _lead(chain, 0)
    codes = NodeTemplate.objects.filter(retired=False).order_by("order").values_list("code", flat=True)
    for number, node in enumerate(codes[1:], 1):
        _bring_to(chain, number, node)


def lived() -> list[Story]:
    """The prototypes of a database in which nobody else lives yet."""
    stands = dict(Journey.objects.values_list("customer_id", "node__code"))
    return [Story(stands.get(customer.pk, LEAD), customer) for customer in Customer.objects.order_by("pk")]


def _lead(chain: Chain, number: int) -> Customer:
    cast = chain.cast
    phone = f"1000000{number:04}"
    return create_lead(
        name="沈知夏", phone=phone, node=cast.bj, source=chain.source, by=cast.manager, at=BEGAN
    ).customer


def _bring_to(chain: Chain, number: int, node: str) -> Customer:
    """Open the archive, visit, and do what each node asks until the journey stands at `node`."""
    cast = chain.cast
    customer = open_archive(
        customer=_lead(chain, number), sex="female", birth_date=date(1985, 6, 12), doctor=cast.doctor, health_manager=cast.manager,
        node=cast.bj, source=chain.source, remarks_none=True, by=cast.manager, at=BEGAN,
    )  # fmt: skip
    day, half_hours = divmod(number, 6)
    start = datetime.combine(BEGAN.date() + timedelta(days=11 + day), time(13), SHANGHAI) + timedelta(
        minutes=30 * half_hours
    )
    book(
        customer=customer,
        doctor=cast.doctor,
        node=cast.bj,
        type=AppointmentType.FIRST_VISIT,
        start=start,
        by=cast.manager,
        at=BEGAN,
    )
    while (stands := Journey.objects.select_related("node").get(customer=customer).node) and stands.code != node:
        _do(chain, customer, stands)
    return customer


def _do(chain: Chain, customer: Customer, node: NodeTemplate) -> None:
    cast = chain.cast
    match node.code:
        case "consultation":
            interview(customer=customer, by=cast.doctor, at=BEGAN)
        case "tests_ordered":
            items = list(TestItem.objects.filter(code__in=ORDERED))
            place_order(customer=customer, doctor=cast.doctor, items=items, by=cast.doctor, at=BEGAN)
        case "kit_issued":
            order = customer.lab_orders.get()
            record_signature(order=order, by=cast.manager, at=BEGAN)
            issue_kit(order=order, by=cast.manager, at=BEGAN)
        case "sample_collected":
            order = customer.lab_orders.get()
            findings = [Finding(sample) for sample in order.samples.all()]
            check_samples(order=order, findings=findings, by=cast.consulting, at=BEGAN)
        case _:
            _pass(customer=customer, node=node, by=cast.system, at=BEGAN)


@action
def interview(*, customer: Customer, by: User, at: datetime) -> None:
    """The doctor's interview, of which only the archive number and the fact count here."""
    issue_archive_number(customer=customer, by=by, at=at)
    record("consultations.consultation.saved", by=by, at=at, customer_id=customer.pk, node_id=customer.node_id)
    announce(ConsultationSaved(consultation_id=customer.pk, customer_id=customer.pk, by=by, at=at))


@action
def _pass(*, customer: Customer, node: NodeTemplate, by: User, at: datetime) -> None:
    """Complete a node of which only the place in the journey counts here."""
    journey = Journey.objects.select_related("customer__node", "template", "node").get(customer=customer)
    step_done(journey=journey, node=node, subject=Subject("journey", journey.pk), by=by, at=at)
    record(
        "journey.step.completed",
        by=by,
        at=at,
        subject=Subject("journey", journey.pk),
        customer_id=customer.pk,
        node_id=customer.node_id,
    )
