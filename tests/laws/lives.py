"""Customers on whom everything has happened that can happen."""

from __future__ import annotations

from datetime import date, time, timedelta
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from kefu.administration.content import load_ladders
from kefu.appointments.actions import add_hours, book, join_waitlist
from kefu.appointments.actions import ask as ask_for_visit
from kefu.appointments.asked import Asker, WaitWish, Wish
from kefu.appointments.choices import AppointmentType
from kefu.appointments.choices import Channel as BookedBy
from kefu.appointments.models import Appointment
from kefu.billing.actions import deduct, sell_prepaid, take_payment
from kefu.customers import actions, queries
from kefu.customers.actions.deals import enter_deal
from kefu.customers.actions.standing import Classified, track
from kefu.customers.actions.valuing import value_customers
from kefu.customers.choices import Demand
from kefu.customers.instructions import CODE
from kefu.customers.models import (
    BusinessCard,
    Flag,
    IdentityDocument,
    Incident,
    LifeEvent,
    Referral,
    Source,
)
from kefu.followup.models import Push, PushRecipient
from kefu.foundation.approvals.actions import ask
from kefu.foundation.audit.trail import Subject
from kefu.foundation.files.actions import attach
from kefu.journey.tests.walking import Walk, start_walk
from kefu.messaging.actions import log_contact, opt_out
from kefu.messaging.actions.wishes import set_wish
from kefu.organisation.models import User
from kefu.organisation.queries import system_user
from kefu.sales.models import Preference
from kefu.stock.models import Lot, Recall, RecallTold
from kefu.testing.cast import Cast
from kefu.testing.stories import customer_of


def booked(walk: Walk, doctor: User, hour: int) -> Appointment:
    """A visit of the customer on the Monday after."""
    start = (walk.cast.at + timedelta(days=7)).replace(hour=hour)
    return book(customer=walk.customer, doctor=doctor, node=walk.cast.bj, type=AppointmentType.REVISIT, start=start,
                by=walk.cast.manager, at=walk.at)  # fmt: skip


def lived(walk: Walk) -> Walk:
    """A customer with something of every module."""
    cast, customer = walk.cast, walk.customer
    walk.to("followup")
    by, at = cast.manager, walk.at
    actions.check_identity(customer=customer, method="known", result="passed", by=by, at=at)
    actions.add_family(customer=customer, relation="child", name="小白", by=by, at=at)
    contract = f"HT-{customer.pk}"
    channel = Source.objects.get(code="walk_in")
    enter_deal(
        customer=customer,
        contract_number=contract,
        amount=Decimal(800),
        signed_on=walk.day,
        source=channel,
        by=by,
        at=at,
    )
    actions.give_consent(customer=customer, scope="marketing_sms", method="spoken", by=by, at=at)
    Incident.objects.create(customer=customer, state="other", happened="找不到家人", done="陪到家人来", by=by, at=at)
    LifeEvent.objects.create(customer=customer, kind="wedding", on=walk.day, by=by, at=at)
    Preference.objects.create(
        customer=customer, kind="size", value=f"规格{customer.pk}", learnt_on=walk.day, by=by, at=at
    )
    Flag.objects.create(customer=customer, kind="technical", reason="问得很细", by=by, at=at)
    IdentityDocument.objects.create(customer=customer, kind="passport", concealed=b"-", key_id=customer.pk, digest=str(customer.pk), tail="12",
                                    by=by, at=at)  # fmt: skip
    BusinessCard.objects.create(customer=customer, shop_name="白示店", contact_person="白示安", phone="10000000009", address="一号",
                                agreed_price="八折", payment="cash", by=by, at=at)  # fmt: skip
    track(customer=customer, note="想再测一次", classes=Classified(demand=Demand.LATENT), by=by, at=at)
    ask(kind=CODE, matter="duty", text="想转套餐", proposal="建议同意", customer_id=customer.pk, by=by, at=at)
    log_contact(customer=customer, channel="phone", direction="out", purpose="other", outcome="reached", by=by, at=at)
    opt_out(customer=customer, reason="不要节日短信", by=by, at=at)
    set_wish(customer=customer, language="zh-hans", no_greetings=f"原因{customer.pk}", by=by, at=at)
    ask_for_visit(
        who=Asker(customer),
        wish=Wish(AppointmentType.REVISIT, cast.bj, words="想下月来"),
        channel=BookedBy.PHONE,
        by=by,
        at=at,
    )
    day = timezone.localdate(at)
    night = WaitWish(AppointmentType.REVISIT, cast.bj, day, day + timedelta(days=7), hour=time(3))
    join_waitlist(customer=customer, wish=night, channel=BookedBy.PHONE, by=by, at=at)
    PushRecipient.objects.create(push=pushed("给大家的", walk), customer=customer)
    PushRecipient.objects.create(push=pushed(f"给{customer.pk}的", walk), customer=customer)
    actions.offer_customer(customer=customer, to=cast.manager2, role="health_manager", reason="休假", by=by, at=at)
    booked(walk, cast.doctor, 9 + len(queries.with_phone(cast.manager, "10000000002")))
    take_payment(customer=customer, amount=Decimal("0.01"), method="cash", given=Decimal(1), by=by, at=at)
    lessons = sell_prepaid(
        customer=customer, item="推拿", units=4, price=Decimal(0), valid_until=day + timedelta(days=90), by=by, at=at
    )
    deduct(prepaid=lessons, units=2, on=day, item="推拿", served_by=by, by=by, at=at)
    RecallTold.objects.create(recall=recalled(walk), customer=customer, note="已告知", by=by, at=at)
    upload = SimpleUploadedFile("单.pdf", b"%PDF-1.4 x", content_type="application/pdf")
    attach(
        subject=Subject("lab.order", walk.order.pk), customer_id=customer.pk, kind="other", upload=upload, by=by, at=at
    )
    return walk


def pushed(title: str, walk: Walk) -> Push:
    """An activity of that name, the same for both."""
    made = {"kind": "campaign", "template": "", "day": walk.day, "node": walk.cast.bj, "per_minute": 10, "made_by": walk.cast.manager, "made_at": walk.at}  # fmt: skip
    return Push.objects.get_or_create(title=title, defaults=made)[0]


def recalled(walk: Walk) -> Recall:
    """A lot that was called back, the same for both."""
    lot = Lot.objects.order_by("pk").first()
    return Recall.objects.get_or_create(lot=lot, reason="批次有异物", by=walk.cast.central_keeper, at=walk.cast.at)[0]


def two(cast: Cast) -> tuple[Walk, Walk]:
    """Two archives on which everything has happened that can happen."""
    load_ladders(by=None, at=cast.at)
    for doctor in (cast.doctor, cast.doctor2):
        add_hours(doctor=doctor, node=cast.bj, room=None, weekday=0, opens=time(9), closes=time(12), slot_minutes=30,
                  valid_from=date(2026, 1, 5), by=cast.director, at=cast.at)  # fmt: skip
    first = lived(start_walk(cast))
    second = Walk(cast, customer_of(cast, "沈知霞", "10000000002"), first.at)
    lived(second)
    actions.withdraw_consent(
        customer=second.customer, scope="marketing_sms", method="phone", by=cast.manager, at=second.at
    )
    friend = actions.create_lead(name="白示友", phone="10000000008", node=cast.bj, by=cast.manager, at=cast.at).customer
    for brings, comes in ((second.customer, friend), (friend, second.customer)):
        Referral.objects.create(referrer=brings, referred=comes, on=second.day, by=cast.manager, at=second.at)
    later = second.at + timedelta(hours=1)
    actions.give_consent(customer=first.customer, scope="marketing_sms", method="spoken", by=cast.manager, at=later)
    track(customer=second.customer, note="下月再来", classes=Classified(demand=Demand.DEAD), reason="改主意", by=cast.manager,
          at=second.at + timedelta(days=1))  # fmt: skip
    value_customers(by=system_user("system"), at=second.at + timedelta(days=1))
    return first, second
