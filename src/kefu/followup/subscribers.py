"""Plans follow-ups from what happens in the laboratory, in sales and on the journey."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet
from django.utils import timezone

from kefu.customers import events as customers
from kefu.customers.models import Customer
from kefu.followup.actions.contacts import KIND, NODE
from kefu.followup.actions.plans import Plan, plan_after_report, plan_refills, plan_retests, stop_planned
from kefu.followup.actions.pushes import follow_message
from kefu.followup.choices import Basis, FollowUpKind
from kefu.followup.models import FollowUp
from kefu.followup.queries import cycles_of, open_for, receipt_of
from kefu.followup.sentences import GOODS_RETURNED
from kefu.foundation.audit.trail import Subject
from kefu.foundation.events.bus import subscribe
from kefu.journey import events as journeys
from kefu.journey.actions.steps import step_done
from kefu.journey.history import standing_at
from kefu.journey.queries.positions import open_journeys
from kefu.lab import events as lab
from kefu.messaging.events import SentInstead
from kefu.sales import events as sales
from kefu.sales.models import Purchase
from kefu.sales.queries import supplies_of


def on_receipt(event: lab.ReceiptRecorded) -> None:
    """The customer has the report: the clock starts, or what was counted from the interpretation is re-dated."""
    plan = _plan(event.customer_id, Basis.RECEIPT, event.received_on, Subject("lab.order", event.order_id))
    plan_after_report(plan=plan, by=event.by, at=event.at)


def on_interpretation(event: lab.ReportInterpreted) -> None:
    """Without a known receipt the clock starts with the interpretation."""
    if receipt_of(event.order_id) is None:
        day = timezone.localdate(event.at)
        plan = _plan(event.customer_id, Basis.INTERPRETATION, day, Subject("lab.order", event.order_id))
        plan_after_report(plan=plan, by=event.by, at=event.at)


def on_approved(event: lab.ReportsApproved) -> None:
    """Repeat tests by the cycle of each item."""
    subject = Subject("lab.order", event.order_id)
    plan = _plan(event.customer_id, Basis.TEST, timezone.localdate(event.at), subject)
    plan_retests(plan=plan, due=cycles_of(event.order_id), by=event.by, at=event.at)


def on_dispatch(event: sales.PurchaseDispatched | sales.SuppliesChanged) -> None:
    """Products that will run out: planned, moved where the customer has more or less of them now, stopped where nothing is left (FUP-006)."""
    purchase = Purchase.objects.get(pk=event.purchase_id)
    supplies = [(row.line.product, row.runs_out_on) for row in supplies_of([purchase])]
    plan = _plan(
        event.customer_id, Basis.DISPATCH, timezone.localdate(event.at), Subject("sales.purchase", purchase.pk)
    )
    gone = _refills(event.purchase_id).exclude(code__in=[product.code for product, _last in supplies])
    stop_planned(follow_ups=list(gone), reason=GOODS_RETURNED.code, by=event.by, at=event.at)
    plan_refills(plan=plan, supplies=supplies, by=event.by, at=event.at)


def on_return(event: sales.PurchaseReturned) -> None:
    """Goods that came back run out no more."""
    stop_planned(follow_ups=list(_refills(event.purchase_id)), reason=GOODS_RETURNED.code, by=event.by, at=event.at)


def _refills(purchase_id: int) -> QuerySet[FollowUp]:
    return FollowUp.objects.filter(
        state="open", kind=FollowUpKind.REFILL, subject_kind="sales.purchase", subject_id=purchase_id
    )


def on_journey_ended(event: journeys.JourneyEnded) -> None:
    """An ended journey's contacts stop with its reason."""
    rows = FollowUp.objects.filter(state="open", journey_id=event.journey_id)
    stop_planned(follow_ups=list(rows), reason=event.reason, by=event.by, at=event.at)


def on_customer_closed(event: customers.CustomerClosed) -> None:
    """A closed customer is left in peace."""
    customer = Customer.objects.get(pk=event.customer_id)
    stop_planned(follow_ups=list(open_for(customer)), reason=event.reason, by=event.by, at=event.at)


def on_node_reached(event: journeys.NodeReached) -> None:
    """A journey that comes to follow-up after the first contact was already made has entered it."""
    if event.node_code != NODE:
        return
    made = FollowUp.objects.filter(journey_id=event.journey_id, state="done").order_by("pk").first()
    journey = standing_at(event.customer_id, NODE)
    if made and journey and journey.pk == event.journey_id and journey.node:
        step_done(journey=journey, node=journey.node, subject=Subject(KIND, made.pk), by=event.by, at=event.at)


def on_sent_instead(event: SentInstead) -> None:
    """What a push could not bring by WeChat and went by text message or mail counts for its recipient."""
    follow_message(message_id=event.message_id, instead_of_id=event.instead_of_id)


def _plan(customer_id: int, basis: Basis, day: date, subject: Subject) -> Plan:
    customer = Customer.objects.select_related("node").get(pk=customer_id)
    return Plan(customer, open_journeys(customer_id, subject).last(), basis, day, subject)


subscribe(lab.ReceiptRecorded, on_receipt)
subscribe(lab.ReportInterpreted, on_interpretation)
subscribe(lab.ReportsApproved, on_approved)
subscribe(sales.PurchaseDispatched, on_dispatch)
subscribe(sales.SuppliesChanged, on_dispatch)
subscribe(sales.PurchaseReturned, on_return)
subscribe(SentInstead, on_sent_instead)
subscribe(journeys.JourneyEnded, on_journey_ended)
subscribe(journeys.NodeReached, on_node_reached)
subscribe(customers.CustomerClosed, on_customer_closed)
