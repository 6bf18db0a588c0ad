"""A purchase from the doctor's advice to the parcel, and its ways back."""

from decimal import Decimal

import pytest

from kefu.billing.models import Charge
from kefu.customers.models import Customer, TimelineLine
from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.audit.trail import Subject
from kefu.foundation.printing.actions import print_document
from kefu.kernel.errors import Forbidden, Invalid, OutOfScope, Refused
from kefu.products.models import Product
from kefu.sales import actions
from kefu.sales.actions import Line, Prescribed
from kefu.sales.choices import DeliveryMode, PurchaseState
from kefu.sales.models import Purchase
from kefu.sales.queries import supplies_of, total_of
from kefu.stock.models import Warehouse
from kefu.stock.queries import amount
from kefu.testing.cast import AT, Cast
from kefu.testing.scenes import scene
from kefu.testing.stories import customer_of, stocked_centre


@scene
def centre(cast: Cast) -> Warehouse:
    return stocked_centre(cast)


@scene
def customer(cast: Cast, centre: Warehouse) -> Customer:
    return customer_of(cast)


@scene
def fish_oil(centre: Warehouse) -> Product:
    product = Product.objects.get(code="N-014")
    product.price, product.pieces_per_pack = Decimal("298.00"), 60
    product.save()
    return product


@scene
def vitamins(centre: Warehouse) -> Product:
    product = Product.objects.get(code="N-001")
    product.price = Decimal("560.00")
    product.save()
    return product


@scene
def prescribed(cast: Cast, customer: Customer, fish_oil: Product, vitamins: Product) -> Purchase:
    products = [Prescribed(fish_oil, 4), Prescribed(vitamins, 2)]
    return actions.prescribe(customer=customer, doctor=cast.doctor, products=products, by=cast.doctor, at=cast.at)


def entered(
    cast: Cast, purchase: Purchase, fish_oil: Product, vitamins: Product, packs: tuple[int, int] = (3, 1)
) -> Purchase:
    lines = [Line(fish_oil, packs[0]), Line(vitamins, packs[1])]
    return actions.enter_lines(purchase=purchase, lines=lines, by=cast.manager, at=cast.at)


@pytest.mark.req("PRD-002")
@pytest.mark.req("PRD-003")
@pytest.mark.req("NFR-005")
def test_total_and_days_of_supply_are_computed(
    cast: Cast, prescribed: Purchase, fish_oil: Product, vitamins: Product
) -> None:
    purchase = entered(cast, prescribed, fish_oil, vitamins)
    assert total_of(purchase) == Decimal("1454.00")
    assert list(purchase.lines.values_list("product__code", "days_of_supply")) == [("N-014", 45), ("N-001", 30)]
    assert prescribed.number.startswith("GM26")


@pytest.mark.req("PRD-004")
@pytest.mark.req("CUS-007", part="purchase")
@pytest.mark.req("CUS-007", part="spending")
def test_the_signed_list_is_the_voucher_and_lands_on_the_timeline(
    cast: Cast, prescribed: Purchase, fish_oil: Product, vitamins: Product
) -> None:
    purchase = entered(cast, prescribed, fish_oil, vitamins)
    actions.sign(purchase=purchase, by=cast.manager, at=cast.at)
    charge = Charge.objects.get(subject_kind="sales.purchase", subject_id=purchase.pk)
    assert (charge.amount, charge.state) == (Decimal("1454.00"), "due")
    line = TimelineLine.objects.get(kind="purchase", amount__isnull=False)
    assert line.amount == Decimal("1454.00")
    assert line.lines[0].endswith("¥298.00 × 3，可服 45 天")
    assert TimelineLine.objects.get(kind="spending").amount == Decimal("1454.00")


@pytest.mark.req("RPT-008", part="product list")
def test_the_list_prints_for_signature_with_a_barcode(
    cast: Cast, prescribed: Purchase, fish_oil: Product, vitamins: Product, tmp_path: object
) -> None:
    import io

    from pypdf import PdfReader

    from kefu.foundation.files.storage import read

    purchase = entered(cast, prescribed, fish_oil, vitamins)
    printed = print_document(
        code="sales.list",
        subject=Subject("sales.purchase", purchase.pk),
        customer_id=purchase.customer_id,
        by=cast.manager,
        at=cast.at,
    )
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(read(printed.file))).pages)
    for words in (purchase.number, "沈知夏", "1,454.00", "45", "客户签字"):
        assert words in text


@pytest.mark.req("STK-005")
def test_dispatch_takes_the_earliest_expiry_first(
    cast: Cast, centre: Warehouse, prescribed: Purchase, fish_oil: Product, vitamins: Product
) -> None:
    purchase = entered(cast, prescribed, fish_oil, vitamins, (30, 1))
    actions.sign(purchase=purchase, by=cast.manager, at=cast.at)
    shipment = actions.dispatch(purchase=purchase, by=cast.manager, at=cast.at)
    oil = [
        (line.lot.code, line.packs)
        for line in shipment.slip.lines.filter(lot__product=fish_oil).order_by("lot__expiry")
    ]
    assert oil == [("DA26031", 12), ("DA26072", 18)]
    assert amount(fish_oil, centre, AT).there == 22


def test_dispatch_is_refused_whole_when_stock_is_short(
    cast: Cast, centre: Warehouse, prescribed: Purchase, fish_oil: Product, vitamins: Product
) -> None:
    purchase = entered(cast, prescribed, fish_oil, vitamins, (53, 1))
    actions.sign(purchase=purchase, by=cast.manager, at=cast.at)
    with pytest.raises(Refused) as refusal:
        actions.dispatch(purchase=purchase, by=cast.manager, at=cast.at)
    assert refusal.value.code == "stock_short"
    assert (amount(fish_oil, centre, AT).there, amount(vitamins, centre, AT).there) == (52, 60)
    purchase.refresh_from_db()
    assert purchase.state == PurchaseState.SIGNED


def test_the_first_dose_counts_as_a_day_of_supply(
    cast: Cast, prescribed: Purchase, fish_oil: Product, vitamins: Product
) -> None:
    purchase = entered(cast, prescribed, fish_oil, vitamins)
    actions.sign(purchase=purchase, by=cast.manager, at=cast.at.replace(month=3, day=1))
    actions.dispatch(purchase=purchase, by=cast.manager, at=cast.at.replace(month=3, day=1))
    supply = supplies_of([purchase])[0]
    assert supply.runs_out_on.isoformat() == "2026-04-14"


def test_dispatch_waits_for_the_signature_and_a_parcel_for_its_waybill(
    cast: Cast, prescribed: Purchase, fish_oil: Product, vitamins: Product
) -> None:
    purchase = entered(cast, prescribed, fish_oil, vitamins)
    with pytest.raises(Refused) as refusal:
        actions.dispatch(purchase=purchase, by=cast.manager, at=cast.at)
    assert refusal.value.code == "purchase_state"
    actions.sign(purchase=purchase, by=cast.manager, at=cast.at)
    with pytest.raises(Invalid) as fault:
        actions.dispatch(purchase=purchase, mode=DeliveryMode.POSTED, by=cast.manager, at=cast.at)
    assert fault.value.errors[0].field == "waybill"


def test_goods_that_come_back_go_to_their_lots_and_the_charge_falls_away(
    cast: Cast, centre: Warehouse, prescribed: Purchase, fish_oil: Product, vitamins: Product
) -> None:
    purchase = entered(cast, prescribed, fish_oil, vitamins)
    actions.sign(purchase=purchase, by=cast.manager, at=cast.at)
    actions.dispatch(purchase=purchase, by=cast.manager, at=cast.at)
    back = actions.take_back(purchase=purchase, reason="包装破损", by=cast.manager, at=cast.at)
    assert back.state == PurchaseState.RETURNED
    assert amount(fish_oil, centre, AT).there == 52
    assert Charge.objects.get(subject_kind="sales.purchase", subject_id=purchase.pk).state == "cancelled"


def test_a_purchase_given_up_says_why(cast: Cast, prescribed: Purchase) -> None:
    with pytest.raises(Invalid):
        actions.cancel(purchase=prescribed, reason=" ", by=cast.manager, at=cast.at)
    actions.cancel(purchase=prescribed, reason="客户暂不需要", by=cast.manager, at=cast.at)
    prescribed.refresh_from_db()
    assert (prescribed.state, prescribed.ended_reason) == (PurchaseState.CANCELLED, "客户暂不需要")


@pytest.mark.parametrize("packs", [(0, 0), (1000, 1), (-1, 2)])
def test_impossible_quantities_are_named(
    cast: Cast, prescribed: Purchase, fish_oil: Product, vitamins: Product, packs: tuple[int, int]
) -> None:
    with pytest.raises(Invalid):
        entered(cast, prescribed, fish_oil, vitamins, packs)
    assert not prescribed.lines.filter(quantity__gt=0).exists()


def test_only_what_the_doctor_prescribed_is_sold(cast: Cast, prescribed: Purchase) -> None:
    with pytest.raises(Refused) as refusal:
        actions.enter_lines(
            purchase=prescribed, lines=[Line(Product.objects.get(code="N-004"), 1)], by=cast.manager, at=cast.at
        )
    assert refusal.value.code == "not_prescribed"


def test_others_cannot_prescribe_or_see(
    cast: Cast, customer: Customer, fish_oil: Product, prescribed: Purchase
) -> None:
    attempts = {cast.manager: Forbidden, cast.doctor2: OutOfScope, cast.sh_doctor: OutOfScope, cast.service: Forbidden}
    before = AuditEntry.objects.count()
    for person, refusal in attempts.items():
        with pytest.raises(refusal):
            actions.prescribe(
                customer=customer, doctor=cast.doctor, products=[Prescribed(fish_oil, 2)], by=person, at=cast.at
            )
    assert AuditEntry.objects.count() == before
    assert not Purchase.objects.visible_to(cast.sh_manager).exists()
    assert Purchase.objects.visible_to(cast.director).exists()
