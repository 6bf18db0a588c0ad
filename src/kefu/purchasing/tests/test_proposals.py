"""The product manager sees why so much should be bought, changes it, and the figures stay as they were."""

import json
from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kefu.customers.models import Customer
from kefu.foundation.limits.models import LimitValue
from kefu.foundation.slots.registry import slots
from kefu.kernel.errors import Forbidden, Invalid, Refused
from kefu.organisation.models import Node
from kefu.products.models import Product
from kefu.purchasing.actions import (
    Wanted,
    ask_purchase,
    change_quantity,
    decide_request,
    run_due_proposals,
    run_proposal,
)
from kefu.purchasing.models import Proposal, ProposalLine
from kefu.purchasing.queries.orders import compared, compared_listed
from kefu.purchasing.rules import Inputs, Weights, propose
from kefu.purchasing.testing import arrived, let_in, ordered
from kefu.purchasing.tests.test_receiving import goods
from kefu.sales.demand import open_demand
from kefu.sales.models import Purchase, PurchaseLine
from kefu.stock.models import Balance, IssueLine, IssueSlip
from kefu.stock.queries import planning
from kefu.stock.testing import stock_in
from kefu.testing.stories import customer_of

FAR = date(2028, 6, 30)


@pytest.mark.req("STK-001")
@pytest.mark.parametrize(
    ("inputs", "weights", "multiple", "minimum", "packs"),
    [
        ((900, 60, 350, 100, 0, 14, 90), {}, 1, 1, 510),
        ((900, 60, 350, 100, 0, 14, 90), {}, 12, 1, 516),
        ((900, 60, 350, 100, 20, 14, 90), {"lead": 100}, 1, 1, 670),
        ((900, 60, 350, 100, 0, 14, 90), {"sales": 50, "demand": 0}, 1, 1, 0),
        ((7, 0, 0, 0, 0, 0, 91), {"sales": 50}, 1, 1, 4),
        ((1, 0, 0, 0, 0, 0, 91), {}, 6, 20, 24),
        ((100, 0, 100, 0, 0, 0, 91), {}, 6, 20, 0),
        ((0, 0, -5, 0, 0, 0, 91), {}, 1, 1, 5),
    ],
)
def test_the_formula(inputs, weights, multiple, minimum, packs):
    assert propose(Inputs(*inputs), Weights(**weights), multiple=multiple, minimum=minimum) == packs


def sold(customer, lot_code, packs, at, returned=0):
    """Packs that left to a customer at a moment."""
    balance = Balance.objects.select_related("warehouse", "lot").get(lot__code=lot_code, quality="good")
    by = balance.warehouse.keeper
    number = f"T{IssueSlip.objects.count():06}"
    slip = IssueSlip.objects.create(number=number, warehouse=balance.warehouse, customer=customer, by=by, at=at)
    return IssueLine.objects.create(slip=slip, balance=balance, lot=balance.lot, packs=packs, returned=returned)


@pytest.fixture
def trade(shop, central, beijing, maker, buyers):
    """An office without a warehouse, a branch with one, sales within and before the three months, an order on its way."""
    stock_in(central, [("N-014", "HQ1", 200, FAR)], by=shop.central_keeper, at=shop.at)
    stock_in(beijing, [("N-014", "BJ1", 90, FAR), ("N-014", "SOON", 9, shop.at.date())], by=shop.keeper, at=shop.at)
    Product.objects.filter(code="N-014").update(reorder_point=40, customer_days_left=1)
    office = Node.objects.create(code="TJ", zh="天津办事处", en="Tianjin office", kind="office", parent=shop.hq)
    shen, tao = customer_of(shop, "沈知夏", "10000000001"), customer_of(shop, "陶映川", "10000000002")
    Customer.objects.filter(pk=tao.pk).update(node=office)
    first = timezone.make_aware(datetime(2026, 8, 23))
    sold(shen, "BJ1", 300, first)
    sold(shen, "BJ1", 60, shop.at - timedelta(days=1), returned=10)
    sold(tao, "HQ1", 120, shop.at - timedelta(days=40))
    sold(shen, "BJ1", 500, first - timedelta(seconds=1))
    sold(shen, "BJ1", 700, shop.at)
    sold(None, "HQ1", 800, shop.at - timedelta(days=2))
    purchase = Purchase.objects.create(
        number="GM1",
        customer=tao,
        doctor=shop.doctor,
        node=office,
        state="signed",
        prescribed_at=shop.at,
        signed_at=shop.at,
    )
    product = Product.objects.get(code="N-014")
    PurchaseLine.objects.create(purchase=purchase, product=product, intake_per_day=1, quantity=7, unit_price=1)
    order = ordered(warehouse=central, packs={"N-014": 48}, buyers=buyers, at=shop.at)
    delivery = arrived(order=order, by=shop.central_keeper, at=shop.at)
    let_in(delivery=delivery, lines=[goods("N-014", "HQ2", 30)], buyers=buyers, at=shop.at)
    return order


@pytest.mark.django_db
@pytest.mark.req("STK-001")
def test_a_line_keeps_the_sales_of_every_place_beside_stock_and_demand(shop, central, trade):
    run = run_proposal(warehouse=central, by=shop.product_manager, at=shop.at)
    assert (run.number, run.since, run.until) == ("CJ2600001", date(2026, 8, 23), date(2026, 11, 23))
    line = run.lines.get(product__code="N-014")
    inputs = (line.issued, line.demand, line.on_hand, line.reserved, line.on_the_way, line.on_order, line.safety)
    assert inputs == (470, 7, 320, 0, 0, 18, 40)
    places = {one.node.code: (one.issued, one.demand, one.on_hand) for one in line.places.select_related("node")}
    assert places == {"BJ": (350, 0, 90), "TJ": (120, 7, 0), "HQ": (0, 0, 230)}
    assert 470 + 7 + 40 - 320 - 18 == 179
    assert (line.proposed, line.quantity, line.multiple, line.minimum, line.lead_days) == (180, 180, 12, 24, 14)
    assert run.lines.get(product__code="N-017").proposed == 0
    with pytest.raises(Forbidden):
        change_quantity(line=line, quantity=96, reason="少订", by=shop.leader, at=shop.at)
    with pytest.raises(Invalid):
        change_quantity(line=line, quantity=96, reason=" ", by=shop.product_manager, at=shop.at)
    changed = change_quantity(line=line, quantity=96, reason="厂家涨价，先少订", by=shop.product_manager, at=shop.at)
    assert (changed.proposed, changed.quantity, changed.changed_by) == (180, 96, shop.product_manager)
    ask = [Wanted(line.supply, 96, line)]
    request = ask_purchase(warehouse=central, lines=ask, reason="补", by=shop.product_manager, at=shop.at)
    with pytest.raises(Refused, match="已经提过"):
        ask_purchase(warehouse=central, lines=ask, reason="补", by=shop.product_manager, at=shop.at)
    with pytest.raises(Refused, match="不能再改"):
        change_quantity(line=line, quantity=48, reason="改", by=shop.product_manager, at=shop.at)
    decide_request(request=request, verdict="declined", reason="预算不够", by=shop.leader, at=shop.at)
    assert (
        ask_purchase(warehouse=central, lines=ask, reason="再提", by=shop.product_manager, at=shop.at).proposal == run
    )
    stock_in(central, [("N-014", "HQ3", 500, FAR)], by=shop.central_keeper, at=shop.at)
    assert ProposalLine.objects.get(pk=line.pk).on_hand == 320, "kept as it was at the run"


@pytest.mark.django_db
@pytest.mark.req("STK-001")
def test_it_runs_by_itself_every_month_and_weighs_as_the_house_says(shop, central, trade):
    run = lambda days: run_due_proposals(by=shop.system, at=shop.at + timedelta(days=days))  # noqa: E731
    LimitValue.objects.create(
        code="purchasing.weight.stock", value=0, valid_from=shop.at.date(), set_by=shop.admin, set_at=shop.at
    )
    assert [run(0), run(0), run(29), run(30), run(31)] == [1, 0, 0, 1, 0], "23 November, then 23 December"
    first = Proposal.objects.order_by("pk").first()
    assert first.weights["stock"] == 0 and first.lines.get(product__code="N-014").proposed == 504
    with pytest.raises(Forbidden):
        run_due_proposals(by=shop.product_manager, at=shop.at)


@pytest.mark.django_db
@pytest.mark.req("STK-001")
def test_months_are_read_not_the_whole_ledger_and_more_costs_no_more_statements(shop, central, trade):
    def cost():
        with CaptureQueriesContext(connection) as seen:
            run_proposal(warehouse=central, by=shop.product_manager, at=shop.at)
        return len(seen)

    few = cost()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO stock_issueslip (number, warehouse_id, customer_id, subject_kind, purpose, by_id, at) "
            "SELECT 'M' || n, s.warehouse_id, s.customer_id, '', '', s.by_id, s.at - n * interval '4 hours' "
            "FROM generate_series(1, 30000) n, (SELECT * FROM stock_issueslip WHERE customer_id IS NOT NULL LIMIT 1) s"
        )
        cursor.execute(
            "INSERT INTO stock_issueline (slip_id, balance_id, lot_id, packs, returned, reason) "
            "SELECT slip.id, l.balance_id, l.lot_id, 1, 0, '' FROM stock_issueslip slip, (SELECT * FROM stock_issueline LIMIT 1) l "
            "WHERE slip.number LIKE 'M%'"
        )
        cursor.execute("ANALYZE stock_issueslip, stock_issueline")
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {planning._ISSUED}", [shop.at - timedelta(days=91), shop.at])
        plan = json.dumps(cursor.fetchone()[0])
    assert (
        "issue_to_customers" in plan
        and '"Seq Scan", "Parallel Aware": false, "Async Capable": false, "Relation Name": "stock_issue' not in plan
    )
    assert cost() == few


@pytest.mark.django_db
@pytest.mark.req("STK-020", part="orders against sales")
def test_the_week_ordered_against_sold_and_what_falls_short(shop, central, trade):
    assert slots.demand["sales"] is open_demand
    later = shop.at + timedelta(days=1)
    with CaptureQueriesContext(connection) as seen:
        rows = list(compared(list(compared_listed(shop.product_manager, {}, later)), shop.product_manager, later))
    assert len(seen) <= 10
    fish, cold = rows
    told = (fish.product.code, fish.ordered, fish.delivered, fish.sold, fish.on_hand, fish.demand, fish.coming)
    assert told == ("N-014", 48, 30, 750, 320, 7, 18)
    assert (fish.days_left, fish.short) == (2, 0)
    Product.objects.filter(code="N-014").update(reorder_point=400)
    (fish, *_rest) = compared(list(compared_listed(shop.product_manager, {}, later)), shop.product_manager, later)
    assert fish.short == 7 + 400 - 320 - 18
    assert (cold.product.code, cold.days_left, cold.short) == ("N-017", None, 0)
