"""What stands in the goods' part of the scene: lots called back, a warm shelf, a count, orders to makers, changed purchases, prices."""

from datetime import datetime, timedelta
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import F
from django.utils import timezone

from kefu.dispatch.actions import (
    Plan,
    add_line,
    ask_wish,
    check_slip,
    collect_back,
    correct_listing,
    hand_in_list,
    note_short,
    open_sheet,
    plan_run,
    register_back,
    reply,
)
from kefu.dispatch.choices import RunKind, SlipResult
from kefu.foundation.files.tests.samples import PDF
from kefu.organisation.models import User
from kefu.products.actions import Offered, check_labels, plan_promotion, report_error, set_price
from kefu.products.models import Product
from kefu.purchasing.actions import (
    Counted,
    Known,
    Wanted,
    ask_purchase,
    count_delivery,
    decide_request,
    record_fact,
    register_delivery,
    run_proposal,
)
from kefu.purchasing.choices import FactKind
from kefu.sales.actions import Back, reverse, settle
from kefu.sales.actions import Line as SalesLine
from kefu.sales.models import Purchase
from kefu.stock.actions import (
    change_quality,
    count_lines,
    decide_destruction,
    destroy,
    log_reading,
    open_stocktake,
    recall,
    request_destruction,
    verify_destruction,
)
from kefu.stock.choices import DestructionState, Quality
from kefu.stock.models import Balance, IssueLine, IssueSlip, Lot, Warehouse
from kefu.stock.queries import warehouse_for


def set_goods(at: datetime) -> None:
    """Everything the pages of goods need beside the demo world."""
    _recall(at)
    _climate(at)
    _stocktake(at)
    _destruction(at)
    _purchasing(at)
    _sales(at)
    _catalogue(at)
    _dispatch(at)


def _recall(at: datetime) -> None:
    """A lot that left to customers is called back."""
    lot = Lot.objects.filter(issue_lines__slip__customer__isnull=False).order_by("-pk").first()
    recall(lot=lot, reason="厂家通知：封口不严", by=User.objects.get(job_number="1008"), at=at)


def _climate(at: datetime) -> None:
    """A cold store that was read for some days and is too warm today."""
    warehouse = (
        Warehouse.objects.filter(keeper__isnull=False, central=False, zones__storage__code="cold")
        .order_by("pk")
        .first()
    )
    zone = warehouse.zones.get(storage__code="cold", purpose="shelf")
    for days, degrees in ((3, "2.5"), (2, "3.5"), (1, "3"), (0, "7")):
        moment = at - timedelta(days=days)
        log_reading(zone=zone, temperature=Decimal(degrees), humidity=Decimal(58), by=warehouse.keeper, at=moment)


def _stocktake(at: datetime) -> None:
    """A count that has begun: one line right, one wrong by a pack, one by many."""
    warehouse = Warehouse.objects.filter(keeper__isnull=False, central=False).order_by("pk").first()
    sheet = open_stocktake(warehouse=warehouse, by=warehouse.keeper, at=at)
    lines = list(sheet.lines.select_related("balance").order_by("pk")[:3])
    given = {line.pk: line.balance.quantity + more for line, more in zip(lines, (0, 1, 40), strict=True)}
    count_lines(stocktake=sheet, counted=given, by=warehouse.keeper, at=at)


def _destruction(at: datetime) -> None:
    """Goods that were crushed: some wait to be asked about, of some the quantity is verified, some are destroyed and not filed yet."""
    warehouse = Warehouse.objects.filter(keeper__isnull=False, central=False).order_by("pk").first()
    keeper, manager, leader = warehouse.keeper, *(User.objects.get(job_number=number) for number in ("1008", "1001"))
    whole = Balance.objects.filter(
        warehouse=warehouse, quality="good", zone__purpose="shelf", quantity__gte=F("reserved") + 9
    )
    lying = whole.filter(lot__recalled=False).order_by("-quantity").first()
    bad = change_quality(balance=lying, packs=9, quality=Quality.DAMAGED, reason="纸箱压坏", by=keeper, at=at)
    for far in (False, True):
        photo = SimpleUploadedFile("photo.pdf", PDF)
        spot = Balance.objects.get(pk=bad.pk)
        one = request_destruction(balance=spot, packs=3, reason="瓶身破裂", photo=photo, by=keeper, at=at)
        verify_destruction(destruction=one, packs=3 - far, by=manager, at=at, note="照片与实物相符")
        if far:
            decide_destruction(destruction=one, decision=DestructionState.APPROVED, by=leader, at=at)
            destroy(destruction=one, method="crushed", place="库房后院", witness=manager, by=keeper, at=at)


def _sales(at: datetime) -> None:
    """A purchase that changed after its signature: a part comes back, something else is bought, and it is settled."""
    purchase = (
        Purchase.objects.filter(state="dispatched").select_related("customer__health_manager").order_by("pk").first()
    )
    manager = purchase.customer.health_manager
    issued = (
        IssueLine.objects.filter(slip__in=purchase.shipments.values("slip"))
        .select_related("lot__product", "slip__warehouse")
        .first()
    )
    instead = [SalesLine(issued.lot.product, 1)]
    reverse(purchase=purchase, reason="想换一瓶", returned=[Back(issued, intact=1)], instead=instead, by=manager, at=at)
    settle(purchase=purchase, by=manager, at=at)


def _purchasing(at: datetime) -> None:
    """A proposal; of what is asked for, some waits for leadership, some was ordered and lies at the gate, counted twice, not the same."""
    manager, leader = User.objects.get(job_number="1008"), User.objects.get(job_number="1001")
    central = Warehouse.objects.select_related("keeper").get(central=True)
    proposal = run_proposal(warehouse=central, by=manager, at=at)
    lines = list(proposal.lines.select_related("supply").filter(supply__isnull=False).order_by("pk")[:4])
    for reason, chosen in (("十二月备货", lines[:2]), ("月末补货", lines[2:])):
        wanted = [Wanted(line.supply, 2 * line.multiple, line) for line in chosen]
        request = ask_purchase(warehouse=central, lines=wanted, reason=reason, by=manager, at=at)
    decide_request(request=request, verdict="approved", by=leader, at=at)
    order = request.orders.select_related("warehouse", "supplier__institution").order_by("pk").first()
    record_fact(
        order=order, known=Known(FactKind.SHIPPED, at.date(), carrier="演示物流", waybill="YD100"), by=manager, at=at
    )
    delivery = register_delivery(warehouse=central, supplier=order.supplier, order=order, by=central.keeper, at=at)
    for side, by, packs in (("keeper", central.keeper, 11), ("product", manager, 12)):
        counted = Counted(order.lines.first().supply.product, "DA26111", packs, at.date() + timedelta(days=700), 1)
        count_delivery(delivery=delivery, side=side, lines=[counted], by=by, at=at)


def _catalogue(at: datetime) -> None:
    """A price of its own for a centre, an error found, a promotion to decide, and a label that is missing."""
    warehouse = Warehouse.objects.filter(keeper__isnull=False, central=False).order_by("pk").first()
    keeper, planner, oil = warehouse.keeper, User.objects.get(job_number="1008"), Product.objects.get(code="N-014")
    centre = warehouse.node
    day = timezone.localdate(at)
    set_price(product=oil, price=Decimal(288), starts_on=day, node=centre, reason="开业", by=planner, at=at)
    report_error(product=oil, fact="material", text="漏写了甘油", by=keeper, at=at)
    plan_promotion(
        title="冬补", starts_on=day + timedelta(days=30), ends_before=day + timedelta(days=60), lines=[Offered(oil, Decimal(268))],
        reason="天冷吃鱼油的多", by=planner, at=at,
    )  # fmt: skip
    check_labels(node=centre, category=oil.category, missing=[(oil, "price")], by=keeper, at=at)


def _dispatch(at: datetime) -> None:
    """A coach that is being loaded and lacks something, goods to collect from a carrier, a wish that was answered, yesterday's list, slips being checked."""
    order = Purchase.objects.filter(state="dispatched", customer__health_manager__isnull=False).order_by("-pk").first()
    warehouse = warehouse_for(order.customer.node_id)
    by = {"by": warehouse.keeper, "at": at}
    coach = Plan(
        RunKind.COACH, at, at + timedelta(hours=5), plate="京A00000", driver="赵示师", driver_phone="10000000012", pickup_point="城东客运站"
    )  # fmt: skip
    run = plan_run(warehouse=warehouse, plan=coach, **by)
    line = add_line(run=run, order=order.number, packs=1, **by)
    note_short(line=line, purchase_line=order.lines.filter(quantity__gt=0).first(), packs=1, note="还在分拣", **by)
    collect_back(back=register_back(warehouse=warehouse, company="演示货运", waybill="YD200", pickup_address="城东货场 3 号门",
                                    phone="01000000000", goods="一箱营养素", order=order.number, **by), **by)  # fmt: skip
    register_back(
        warehouse=warehouse, plate="京A00001", pickup_address="客运站寄存处", phone="01000000000", goods="空箱", **by
    )
    selling = {"by": order.customer.health_manager, "at": at}
    reply(wish=ask_wish(purchase=order, text="周五前到，送到单位", **selling), text="周四发，运单号发出后告诉您", **by)
    ask_wish(purchase=order, text="请分两箱装", **selling)
    hand_in_list(warehouse=warehouse, day=timezone.localdate(at) - timedelta(days=1), **by)
    slip = IssueSlip.objects.filter(warehouse=warehouse, at__lt=at - timedelta(days=1)).order_by("-pk").first()
    sheet = open_sheet(warehouse=warehouse, day=timezone.localdate(slip.at), **by)
    check_slip(line=sheet.lines.first(), result=SlipResult.DIFFERS, note="少一瓶", **by)
    correct_listing(warehouse=warehouse, product=Product.objects.get(code="N-014"), packs=12, reason="按实物改", **by)
