"""A customer who has been all the way, and a row for every list of the house."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from psycopg.types.range import TimestamptzRange

from kefu.administration.content import load_ladders, load_roles
from kefu.appointments.models import Appointment, AppointmentRequest, WaitlistEntry
from kefu.billing import actions as billing
from kefu.customers.actions import create_lead
from kefu.customers.models import Customer, LikePair, PrivacyRequest, Referral, RewardPlan, Standing, TerritoryMove
from kefu.dispatch.testing import one_of_each
from kefu.followup.models import Push, PushRecipient
from kefu.journey.tests.walking import Walk, start_walk
from kefu.messaging.models import Message, Template
from kefu.organisation.choices import Level, RoleScope
from kefu.organisation.models import Function, Grant, Node, Role, RoleCell, StandIn, User
from kefu.people.actions.institutions import add_institution
from kefu.people.models import Departure, Doctor, Institution
from kefu.products import actions as products
from kefu.products.models import Product
from kefu.purchasing.actions import run_proposal
from kefu.purchasing.testing import Buyers, arrived, ordered, supplied
from kefu.questionnaires.models import Questionnaire
from kefu.requisitions.models import Lending, ParLevel, Requisition
from kefu.sales.models import Purchase, PurchaseLine, Reversal, Settlement, Shortage
from kefu.stock.actions import change_quality, log_reading, open_stocktake, request_destruction
from kefu.stock.choices import Quality
from kefu.stock.models import Balance, IssueSlip, Lot, Recall, Warehouse, Zone
from kefu.stock.testing import open_with_zones, stock_in
from kefu.surveys.models import Opinion, Response
from kefu.testing.cast import Cast
from kefu.testing.scenes import scene
from kefu.testing.stories import customer_of


@scene
def walk(cast: Cast) -> Walk:
    """A customer of Beijing who has been all the way; the director there sees every list of the house, and may take away those of Beijing."""
    walk = start_walk(cast).to("product_dispatched")
    load_roles(only=frozenset({"institution_steward"}), by=None, at=cast.at)
    seeing = Role.objects.create(code="sees_all", zh="看所有列表", en="Sees all lists", scope=RoleScope.ALL)
    functions = Function.objects.exclude(code="data_export")
    RoleCell.objects.bulk_create(RoleCell(role=seeing, function=one, level=Level.ACT) for one in functions)
    grant(cast.director, "sees_all", cast.hq)
    steward = User.objects.get(pk=cast.director.pk)  # who knows of the new right
    details = {"zh": "=远达快递", "kind": "organisation"}
    add_institution(code="E-01", node=cast.bj, details=details, part="courier", by=steward, at=cast.at)
    return walk


@scene
def house(walk: Walk) -> Walk:
    """And a row for every other list."""
    cast, first, at, day = walk.cast, walk.customer, walk.cast.at, walk.cast.at.date()
    second = customer_of(cast, "陶映川", "10000000002")
    Walk(cast, second, at).to("overall_report")
    Walk(cast, customer_of(cast, "苏示晴", "10000000005"), at).to("kit_issued")
    create_lead(name="倪若安", phone="10000000003", node=cast.bj, by=cast.manager, at=at)
    _about_customers(cast, first, second)
    _about_colleagues(cast)
    warehouse = Warehouse.objects.get(code="WH-BJ")
    stock_in(warehouse, [("N-001", "SHORT", 400, day + timedelta(days=20))], by=cast.keeper, at=at)
    open_stocktake(warehouse=warehouse, by=cast.keeper, at=at)
    _to_destroy(cast, warehouse)
    _changed_purchases(first, cast)
    log_reading(
        zone=Zone.objects.get(code="WH-BJ-C"), temperature=Decimal(9), humidity=Decimal(50), by=cast.keeper, at=at
    )
    _purchasing(cast)
    _about_products(cast)
    Recall.objects.create(
        pk=700001, lot=Lot.objects.get(code="DA26031"), reason="厂家通知", by=cast.product_manager, at=at
    )
    _about_goods(cast, warehouse)
    one_of_each(order=Purchase.objects.filter(customer=first).latest("pk"), warehouse=warehouse, by=cast.keeper, at=at)
    return walk


def _to_destroy(cast: Cast, warehouse: Warehouse) -> None:
    """Goods that were spoilt, and of which somebody asked to destroy a part."""
    lot = stock_in(
        warehouse, [("N-001", "SPOILT", 9, cast.at.date() + timedelta(days=300))], by=cast.keeper, at=cast.at
    )
    spot = Balance.objects.get(lot=lot["SPOILT"])
    apart = change_quality(balance=spot, packs=9, quality=Quality.DAMAGED, reason="压坏", by=cast.keeper, at=cast.at)
    request_destruction(balance=Balance.objects.get(pk=apart.pk), packs=4, reason="压坏", by=cast.keeper, at=cast.at)


def _changed_purchases(customer: Customer, cast: Cast) -> None:
    """A reversal slip, and a settlement slip on which goods are short."""
    purchase = Purchase.objects.filter(customer=customer).latest("pk")
    line = purchase.lines.filter(quantity__gt=0).latest("pk")
    slip = {"purchase": purchase, "by": cast.manager, "at": cast.at}
    Reversal.objects.create(number="CH2600001", amount=Decimal(0), reason="少要一瓶", **slip)
    settlement = Settlement.objects.create(
        number="XJ2600001", total=Decimal(0), reversed=Decimal(0), paid=Decimal(0), **slip
    )
    PurchaseLine.objects.filter(pk=line.pk).update(shipped=0)
    Shortage.objects.create(settlement=settlement, line=line, packs=1)


def _about_goods(cast: Cast, warehouse: Warehouse) -> None:
    """A requisition whose goods are on their way to Beijing, a par level, and goods that were lent."""
    by, at, goods = {"by": cast.keeper, "at": cast.at}, cast.at, Product.objects.get(code="N-014")
    other = open_with_zones(node=cast.sh, code="WH-SH", keeper=cast.sh_manager, by=cast.admin, at=at)
    lots = stock_in(warehouse, [("N-014", "SENT", 5, at.date() + timedelta(days=300))], **by)
    spot = Balance.objects.get(lot=lots["SENT"])
    slip = IssueSlip.objects.create(number="CK-T", warehouse=other, to_warehouse=warehouse, **by)
    one = Requisition.objects.create(
        number="SQ2600001", target=warehouse, source=other, state="issued", slip=slip, open_packs=5, **by
    )
    known = {"free": 0, "coming": 0, "ordered": 0, "sold": 0, "waiting": 0, "proposed": 5}
    one.lines.create(product=goods, wanted=5, approved=5, **known)
    one.shipped.create(lot=lots["SENT"], balance=spot, packs=5)
    ParLevel.objects.create(warehouse=warehouse, product=goods, packs=9, valid_from=at.date(), reason="常备", **by)
    Lending.objects.create(
        number="JY2600001", warehouse=warehouse, borrower=cast.doctor, purpose="讲座", due_on=at.date(), **by
    )


def _purchasing(cast: Cast) -> None:
    """A maker, a proposal, and an order whose goods lie at the gate."""
    load_roles(only=frozenset({"leadership"}), by=None, at=cast.at)
    grant(cast.admin, "leadership", cast.hq)
    leader, maker = User.objects.get(pk=cast.admin.pk), [("N-014", "FO-60", 12, 24, "80.00")]
    supplied(code="SUP-M1", name="演示营养厂家甲", goods=maker, by=cast.product_manager, at=cast.at)
    Institution.objects.update(node=cast.bj)
    central = open_with_zones(
        node=cast.bj, code="WH-C", keeper=cast.central_keeper, by=cast.admin, at=cast.at, central=True
    )
    run_proposal(warehouse=central, by=cast.product_manager, at=cast.at)
    buyers = Buyers(cast.product_manager, leader, cast.central_keeper)
    order = ordered(warehouse=central, packs={"N-014": 24}, buyers=buyers, at=cast.at)
    arrived(order=order, by=cast.central_keeper, at=cast.at)


def _about_products(cast: Cast) -> None:
    oil, by = Product.objects.get(code="N-014"), {"by": cast.product_manager, "at": cast.at}
    day = cast.at.date()
    products.set_price(product=oil, price=Decimal(320), starts_on=day + timedelta(days=40), reason="新价目", **by)
    products.report_error(product=oil, fact="material", text="漏写了甘油", by=cast.service, at=cast.at)
    products.plan_promotion(
        title="冬补",
        starts_on=day,
        ends_before=day + timedelta(days=7),
        lines=[products.Offered(oil, Decimal(268))],
        reason="天冷",
        **by,
    )
    products.check_labels(node=cast.bj, category=oil.category, missing=[(oil, "price")], by=cast.keeper, at=cast.at)


def _about_customers(cast: Cast, first: Customer, second: Customer) -> None:
    by, at, day = cast.manager, cast.at, cast.at.date()
    Standing.objects.create(customer=first, tracked_on=day, due_on=day + timedelta(days=7), grade="A", demand="target",
                            deal_state="negotiating", importance="key")  # fmt: skip
    nine = at.replace(hour=9) + timedelta(days=1)
    half_hour = TimestamptzRange(nine, nine + timedelta(minutes=30))
    Appointment.objects.create(customer=first, doctor=cast.doctor, node=cast.bj, type_id="revisit", booked_by=by, booked_at=at,
                               during=half_hour, reach=half_hour)  # fmt: skip
    WaitlistEntry.objects.create(
        customer=first, type_id="revisit", node=cast.bj, first=day, last=day, channel="phone", since=at, by=by
    )
    AppointmentRequest.objects.create(customer=first, name=first.name, phone="10000000001", channel="phone", type_id="revisit", node=cast.bj,
                                      wished=nine, submitted_at=at, due_at=at + timedelta(hours=2), by=by)  # fmt: skip
    Referral.objects.create(referrer=first, referred=second, on=day, by=by, at=at)
    RewardPlan.objects.create(
        node=cast.bj, name="老带新", benefit="茶叶一份", earned_at="visited", valid_from=day, by=by, at=at
    )
    LikePair.objects.create(first=first, second=second, why=1, found_at=at)
    PrivacyRequest.objects.create(
        customer=first, kind="restrict", asker="self", ground="不想再被打扰", due_on=day, by=by, at=at
    )
    district = Node.objects.create(code="BJ-D", zh="朝阳示范区", en="Sample district", kind="office", parent=cast.bj)
    TerritoryMove.objects.create(source=cast.bj, target=district, on=day, reason="区划调整", made_by=by, made_at=at)
    words = {"audience": ["customer"], "channels": ["sms"], "variables": [], "zh": "您的报告好了。"}
    template = Template.objects.create(code="shown", version=1, group="report", at=at, **words)
    letter = Message.objects.create(customer=first, template=template, key="shown", channel="sms", address="10000000001", body="您的报告好了。",
                           withheld="opted_out", by=by, at=at)  # fmt: skip
    push = Push.objects.create(
        kind="campaign", title="讲座", template="shown", day=day, node=cast.bj, per_minute=1, made_by=by, made_at=at
    )
    PushRecipient.objects.create(push=push, customer=first, message=letter)
    survey = Questionnaire.objects.get(code="visit")
    refused = Response.objects.create(
        customer=first, survey=survey, node=cast.bj, outcome="refused", channel="phone", reason="没空", by=by, at=at
    )
    Opinion.objects.create(
        response=refused, question_code="VISIT_09", question="建议", text="等得太久", role="centre_director", due_at=at
    )
    payment = billing.take_payment(customer=first, amount=Decimal(1), method="cash", by=by, at=at)
    load_roles(by=None, at=at)
    load_ladders(by=None, at=at)
    billing.ask_refund(payment=payment, amount=Decimal("0.50"), reason="不做了", by=by, at=at)
    counted = billing.Counted({Decimal(1): 1}, {}, left=Decimal(1), opening=Decimal(0))
    billing.close_day(desk=payment.desk, counted=counted, by=by, at=at)
    seen = User.objects.get(pk=cast.director.pk)
    lessons = billing.sell_prepaid(
        customer=first, item="推拿", units=9, price=Decimal(0), valid_until=day + timedelta(days=90), by=by, at=at
    )
    billing.deduct(prepaid=lessons, units=1, on=day, item="推拿", served_by=by, by=by, at=at)
    monday = day - timedelta(days=day.weekday())
    billing.reconcile_week(node=cast.bj, monday=monday, found={lessons.pk: billing.Found(1)}, by=seen, at=at)


def _about_colleagues(cast: Cast) -> None:
    at, day = cast.at, cast.at.date()
    StandIn.objects.create(
        absent=cast.manager, substitute=cast.manager2, starts_at=at, ends_at=at + timedelta(days=3), reason="年假"
    )
    Departure.objects.create(
        user=cast.manager2, node=cast.bj, reason="career", last_day=day, opened_by=cast.director, opened_at=at
    )
    Doctor.objects.get(user=cast.doctor).entries.create(
        kind="case", on=day, text="三个月后睡眠恢复", shared=True, by=cast.doctor
    )


def grant(user: User, role: str, node: Node) -> None:
    Grant.objects.create(user=user, role=Role.objects.get(code=role), node=node, valid_from=date(2026, 1, 5))
