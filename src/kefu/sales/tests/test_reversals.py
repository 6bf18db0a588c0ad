"""After the signature things change: packs are given up or come back, something else is bought, goods are short, and every figure follows."""

import io
import subprocess
from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest
import zxingcpp
from PIL import Image
from pypdf import PdfReader

from kefu.administration.content import load_ladders, load_roles
from kefu.billing.actions import take_payment
from kefu.billing.models import Charge, Refund
from kefu.billing.queries import charges_of, standing_of
from kefu.customers.models import TimelineLine
from kefu.followup.models import FollowUp
from kefu.foundation.api.actions import issue_token
from kefu.foundation.audit.trail import Subject
from kefu.foundation.files.storage import read
from kefu.foundation.notices.models import Notice
from kefu.foundation.printing.actions import print_document
from kefu.foundation.slots.registry import slots
from kefu.kernel.errors import Forbidden, Invalid, OutOfScope, Refused
from kefu.products.models import Product
from kefu.sales import actions
from kefu.sales.actions import Back, Line, Prescribed
from kefu.sales.choices import DeliveryMode, PurchaseState
from kefu.sales.models import Purchase, Reversal, Shortage
from kefu.sales.queries import reversed_total, supplies_of, total_of
from kefu.stock.actions import adjust
from kefu.stock.models import Balance
from kefu.stock.queries import amount, drift, set_aside
from kefu.testing.races import at_once
from kefu.testing.stories import customer_of, stocked_centre

D = Decimal
KIND = "sales.purchase"


@pytest.fixture
def centre(cast):
    warehouse = stocked_centre(cast)
    load_roles(by=None, at=cast.at)
    load_ladders(by=None, at=cast.at)
    return warehouse


@pytest.fixture
def oil(centre):
    Product.objects.filter(code="N-014").update(price=D("298.00"), pieces_per_pack=60)
    return Product.objects.get(code="N-014")


@pytest.fixture
def vitamins(centre):
    Product.objects.filter(code="N-001").update(price=D("560.00"))
    return Product.objects.get(code="N-001")


@pytest.fixture
def signed(cast, centre, oil, vitamins):
    """3 packs of fish oil and 1 of vitamins, 1,454.00 yuan."""

    def make(packs=(3, 1), customer=None):
        customer = customer or customer_of(cast)
        made = actions.prescribe(customer=customer, doctor=cast.doctor, products=[Prescribed(oil, 4), Prescribed(vitamins, 2)],
                                 by=cast.doctor, at=cast.at)  # fmt: skip
        lines = [Line(oil, packs[0]), Line(vitamins, packs[1])]
        actions.enter_lines(purchase=made, lines=lines, by=cast.manager, at=cast.at)
        return actions.sign(purchase=made, by=cast.manager, at=cast.at)

    return make


def refusal(work, kind=Refused):
    with pytest.raises(kind) as caught:
        work()
    return caught.value


def line(purchase, product):
    return purchase.lines.get(product=product)


def issued(purchase, product):
    return [
        one
        for slip in purchase.shipments.order_by("pk")
        for one in slip.slip.lines.filter(lot__product=product).select_related("lot", "slip__warehouse")
    ]


def scanned(printed, tmp_path):
    """What a scanner reads from the printed page."""
    (tmp_path / "slip.pdf").write_bytes(read(printed.file))
    subprocess.run(
        ["pdftoppm", "-r", "200", "-png", "-singlefile", tmp_path / "slip.pdf", tmp_path / "slip"], check=True
    )
    return [one.text for one in zxingcpp.read_barcodes(Image.open(tmp_path / "slip.png"))]


def text_of(printed):
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(read(printed.file))).pages)


@pytest.mark.req("PRD-005")
@pytest.mark.req("RPT-008", part="settlement and reversal slips")
def test_an_exchange_before_dispatch_reverses_a_part_and_is_signed_anew(cast, centre, oil, vitamins, signed, tmp_path):
    purchase = signed()
    assert set_aside(KIND, [purchase.pk]) == {(purchase.pk, oil.pk): 3, (purchase.pk, vitamins.pk): 1}
    assert amount(oil, centre, cast.at).free == 49
    payment = take_payment(customer=purchase.customer, amount=D(1454), method="cash", by=cast.manager, at=cast.at)
    slip = actions.reverse(purchase=purchase, reason="想多吃维生素", withdrawn={line(purchase, oil).pk: 1}, instead=[Line(vitamins, 1)],
                           by=cast.manager, at=cast.at)  # fmt: skip
    new = slip.instead
    assert (slip.number, slip.amount, new.state, total_of(new), new.replaces) == (
        "CH2600001",
        D(298),
        "entered",
        D(560),
        slip,
    )
    assert set_aside(KIND, [purchase.pk, new.pk]) == {(purchase.pk, oil.pk): 2, (purchase.pk, vitamins.pk): 1}
    assert (total_of(purchase), reversed_total(purchase)) == (D(1454), D(298))
    charge, back = Charge.objects.get(subject_kind=KIND), Charge.objects.get(subject_kind="sales.reversal")
    assert (charge.amount, back.amount, back.reverses) == (D(1454), D(-298), charge)
    refund = Refund.objects.get()
    assert (refund.payment, refund.amount, refund.state) == (payment, D(298), "open")
    actions.sign(purchase=new, by=cast.manager, at=cast.at)
    actions.dispatch(purchase=purchase, by=cast.manager, at=cast.at)
    actions.dispatch(purchase=new, by=cast.manager, at=cast.at)
    assert (amount(oil, centre, cast.at).there, amount(vitamins, centre, cast.at).there, drift()) == (50, 58, [])
    assert standing_of(charges_of(purchase.customer)).due == D(1454 - 298 + 560)
    spent = TimelineLine.objects.filter(kind="spending", amount__isnull=False).order_by("pk")
    assert [one.amount for one in spent] == [D(1454), D(-298), D(560)]
    printed = print_document(
        code="sales.reversal",
        subject=Subject("sales.reversal", slip.pk),
        customer_id=purchase.customer_id,
        by=cast.manager,
        at=cast.at,
    )
    for words in ("CH2600001", purchase.number, new.number, "-298.00", "-1 ", "想多吃维生素", "客户签字", "沈知夏"):
        assert words in text_of(printed)
    assert scanned(printed, tmp_path) == ["CH2600001"]
    listed = print_document(
        code="sales.list", subject=Subject(KIND, new.pk), customer_id=new.customer_id, by=cast.manager, at=cast.at
    )
    assert f"{purchase.number}（CH2600001）" in text_of(listed)


@pytest.mark.req("PRD-005")
@pytest.mark.req("FUP-006", part="product use")
def test_a_part_is_shipped_a_part_is_short_and_a_part_comes_back_damaged(cast, centre, oil, vitamins, signed):
    purchase = signed((60, 1))
    assert set_aside(KIND, [purchase.pk])[purchase.pk, oil.pk] == 52
    assert slots.demand["sales"](cast.at) == [(purchase.node_id, oil.pk, 8)]
    (item,) = slots.work["sales.short"](cast.manager, cast.at)
    assert (item.customer_name, item.url) == ("沈知夏", f"/purchases/{purchase.pk}/")
    assert refusal(partial(actions.reserve_missing, purchase=purchase, by=cast.manager, at=cast.at)).details == {
        "missing": 8
    }
    oils = line(purchase, oil)
    assert (
        refusal(partial(actions.dispatch, purchase=purchase, packs={oils.pk: 61}, by=cast.manager, at=cast.at)).code
        == "not_open"
    )
    assert (
        refusal(partial(actions.dispatch, purchase=purchase, packs={oils.pk: 0}, by=cast.manager, at=cast.at), Invalid)
        .errors[0]
        .code
        == "required"
    )
    parcel = actions.dispatch(purchase=purchase, packs={oils.pk: 12}, mode=DeliveryMode.POSTED, carrier="顺丰", waybill="SF1", packing=["wrapped", "filled"],
                              by=cast.manager, at=cast.at)  # fmt: skip
    purchase.refresh_from_db()
    assert (purchase.state, parcel.packed_by, set_aside(KIND, [purchase.pk])[purchase.pk, oil.pk]) == (
        "partly",
        cast.manager,
        40,
    )
    assert slots.demand["sales"](cast.at) == [(purchase.node_id, oil.pk, 8)], "what has left is waited for no more"
    assert supplies_of([purchase])[0].runs_out_on == cast.at.date() + timedelta(days=12 * 60 // 4 - 1)
    slip = actions.settle(purchase=purchase, by=cast.manager, at=cast.at)
    assert (slip.number, slip.total, slip.paid, slip.due) == ("XJ2600001", D(18440), D(0), D(18440))
    assert [(one.line.product.code, one.packs, one.left) for one in slip.shortages.order_by("pk")] == [
        ("N-014", 48, 48),
        ("N-001", 1, 1),
    ]
    printed = print_document(
        code="sales.settlement",
        subject=Subject("sales.settlement", slip.pk),
        customer_id=purchase.customer_id,
        by=cast.manager,
        at=cast.at,
    )
    for words in ("XJ2600001", purchase.number, "18,440.00", oil.zh, oil.specification, "48 "):
        assert words in text_of(printed)
    (left,) = issued(purchase, oil)
    assert (
        refusal(
            partial(
                actions.reverse,
                purchase=purchase,
                reason="多",
                returned=[Back(left, 10, 3)],
                by=cast.manager,
                at=cast.at,
            )
        ).code
        == "returns_too_much"
    )
    actions.reverse(
        purchase=purchase,
        reason="碎了两瓶",
        returned=[Back(left, 1, 2)],
        withdrawn={oils.pk: 48},
        by=cast.manager,
        at=cast.at,
    )
    assert supplies_of([purchase])[0].runs_out_on == cast.at.date() + timedelta(days=9 * 60 // 4 - 1)
    refill = FollowUp.objects.get(kind="refill", code="N-014")
    last_day = cast.at.date() + timedelta(days=134)
    assert (refill.state, refill.values["day"]["day"], refill.due_at.date() <= last_day - timedelta(days=5)) == (
        "open",
        last_day.isoformat(),
        True,
    )
    damaged = Balance.objects.get(lot=left.lot, quality="damaged")
    assert (damaged.quantity, damaged.zone.purpose, amount(oil, centre, cast.at).free) == (2, "quarantine", 41)
    assert (Shortage.objects.get(line=oils).left, drift()) == (0, [])
    purchase.refresh_from_db()
    assert purchase.state == PurchaseState.PARTLY
    actions.dispatch(purchase=purchase, by=cast.manager, at=cast.at)
    purchase.refresh_from_db()
    assert (purchase.state, [(one.shipped, one.withdrawn, one.returned) for one in purchase.lines.all()]) == (
        "dispatched",
        [(12, 48, 3), (1, 0, 0)],
    )


@pytest.mark.req("PRD-005")
def test_what_is_wrong_is_said_and_nothing_is_half_done(cast, client, centre, oil, vitamins, signed):
    purchase = signed()
    oils = line(purchase, oil)
    run = partial(actions.reverse, purchase=purchase, by=cast.manager, at=cast.at)
    for given, code in (
        ({"reason": " ", "withdrawn": {oils.pk: 1}}, "required"), ({"reason": "不要", "withdrawn": {}}, "required"),
        ({"reason": "不要", "withdrawn": {oils.pk: 0}}, "required"), ({"reason": "不要", "withdrawn": {oils.pk: -1}}, "unknown"),
        ({"reason": "不要", "withdrawn": {99999999: 1}}, "unknown"), ({"reason": "长" * 201, "withdrawn": {oils.pk: 1}}, "too_long"),
    ):  # fmt: skip
        assert refusal(partial(run, **given), Invalid).errors[0].code == code
    assert refusal(partial(run, reason="多", withdrawn={oils.pk: 4})).code == "not_open"
    assert (
        refusal(
            partial(run, reason="换", withdrawn={oils.pk: 1}, instead=[Line(Product.objects.get(code="N-004"), 1)])
        ).code
        == "not_prescribed"
    )
    refusal(partial(run, reason="x", withdrawn={oils.pk: 1}, by=cast.service), Forbidden)
    refusal(partial(run, reason="x", withdrawn={oils.pk: 1}, by=cast.sh_manager), OutOfScope)
    assert (
        Reversal.objects.count(),
        set_aside(KIND, [purchase.pk])[purchase.pk, oil.pk],
        Purchase.objects.count(),
    ) == (0, 3, 1)
    token = issue_token(user=cast.manager, name="t", by=cast.admin, at=cast.at)

    def ask(path, body):
        return client.post(
            f"/api/v1/purchases/{purchase.number}/{path}",
            body,
            content_type="application/json",
            headers={"Authorization": f"Bearer {token}"},
        )

    assert ask("reversals", {"reason": "不要", "withdrawn": [{"product": "N-004", "quantity": 1}]}).status_code == 422
    assert (
        ask("reversals", {"reason": "不要", "returned": [{"slip": "CK9", "lot": "X", "intact": 1}]}).status_code == 422
    )
    assert (
        ask("reversals", {"reason": "不要", "withdrawn": [{"product": "N-014", "quantity": 9}]}).json()["code"]
        == "not_open"
    )
    assert ask("dispatch", {"lines": [{"product": "N-004", "quantity": 1}]}).status_code == 422
    made = ask(
        "reversals",
        {"reason": "不要", "withdrawn": [{"product": "N-014", "quantity": 3}, {"product": "N-001", "quantity": 1}]},
    ).json()
    assert (made["amount"], made["lines"][0]["amount"], made["instead"]) == ("-1454.00", "-894.00", None)
    purchase.refresh_from_db()
    assert (purchase.state, purchase.ended_reason, Charge.objects.get().state) == ("cancelled", "不要", "cancelled")
    assert ask("settlements", {}).json()["code"] == "purchase_state"
    assert refusal(partial(run, reason="再来", withdrawn={oils.pk: 1})).code == "purchase_state"


def test_goods_that_turn_out_not_to_be_there_become_work(cast, centre, oil, signed):
    purchase = signed((50, 0))
    for balance in Balance.objects.filter(product=oil, warehouse=centre, quantity__gt=0):
        adjust(
            balance=balance,
            seen=balance.quantity,
            counted=balance.quantity - 5,
            reason="碎了",
            by=cast.keeper,
            at=cast.at,
        )
    assert set_aside(KIND, [purchase.pk]) == {(purchase.pk, oil.pk): 42}
    bells = Notice.objects.filter(code="sales_goods_lost", user=cast.manager).order_by("pk")
    assert bells.count() == 2 and purchase.number in bells[0].text
    assert [one.url for one in slots.work["sales.short"](cast.manager, cast.at)] == [f"/purchases/{purchase.pk}/"]


def test_the_pages_carry_a_reversal_from_the_purchase_to_the_slip(cast, login, centre, oil, vitamins, signed):
    purchase = signed()
    manager, oils = login(cast.manager), line(purchase, oil)
    new = f"/purchases/{purchase.pk}/reversals/new/"
    assert "开冲红单" in manager.get(f"/purchases/{purchase.pk}/").content.decode()
    assert "还没有填退几件" in manager.post(new, {"reason": "不要"}).content.decode()
    answer = manager.post(new, {"reason": "少要一瓶", f"withdrawn_{oils.pk}": "1", f"instead_{vitamins.pk}": "2"})
    slip = Reversal.objects.get()
    assert answer.url == f"/purchases/reversals/{slip.pk}/"
    for path in (answer.url, f"/purchases/{purchase.pk}/", f"/purchases/{slip.instead_id}/", "/purchases/reversals/"):
        assert slip.number in manager.get(path).content.decode(), path
    assert manager.post(f"/purchases/{purchase.pk}/settlements/").status_code == 302
    assert "XJ2600001" in manager.get("/purchases/shortages/").content.decode()
    assert (
        manager.post(
            f"/purchases/{purchase.pk}/dispatch/", {"mode": "handed", f"packs_{oils.pk}": "1", "collected_by": "其女儿"}
        ).status_code
        == 302
    )
    assert "其女儿" in manager.get(f"/purchases/{purchase.pk}/").content.decode()
    assert manager.post(f"/purchases/{purchase.pk}/cancellation/", {"reason": "不等了"}).status_code == 302
    purchase.refresh_from_db()
    assert (purchase.state, Reversal.objects.filter(purchase=purchase).count()) == ("dispatched", 2)
    assert login(cast.sh_manager).get(answer.url).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_one_ships_while_others_withdraw_and_nothing_happens_twice(cast, centre, oil, vitamins, signed):
    purchase = signed()
    works = [partial(actions.dispatch, purchase=purchase, by=cast.manager, at=cast.at)] * 2
    works += [partial(actions.withdraw, purchase=purchase, reason="不要了", by=cast.manager, at=cast.at)] * 2
    got = at_once(works)
    assert sum(not isinstance(one, Exception) for one in got) == 1
    assert {type(one) for one in got if isinstance(one, Exception)} <= {Refused, Invalid}
    purchase.refresh_from_db()
    gone = purchase.state == "dispatched"
    assert (amount(oil, centre, cast.at).there, set_aside(KIND, [purchase.pk]), drift()) == (49 if gone else 52, {}, [])
