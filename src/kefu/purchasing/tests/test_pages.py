"""From the proposal to the slip on the screens, each under his or her own name."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest

from kefu.foundation.outbox.delivery import deliver
from kefu.foundation.outbox.models import OutboxMessage
from kefu.foundation.outbox.testing import connected
from kefu.foundation.outbox.transports import PermanentError
from kefu.foundation.slots.registry import slots
from kefu.products.models import Barcode, Product
from kefu.purchasing.models import Delivery, Proposal, PurchaseOrder, PurchaseRequest, Supplier, Supply
from kefu.stock.testing import stock_in

pytestmark = pytest.mark.django_db


def told(response):
    return response.content.decode()


def work(user, at):
    return [
        (str(one.label), one.what)
        for says in slots.work.values()
        for one in says(user, at)
        if "采购" in str(one.label) or "到货" in str(one.label)
    ]


def sheet(*rows, **more):
    data = {"form-TOTAL_FORMS": str(len(rows)), "form-INITIAL_FORMS": "0"} | more
    for number, row in enumerate(rows):
        data |= {f"form-{number}-{name}": str(value) for name, value in row.items()}
    return data


@pytest.mark.req("STK-002")
def test_the_whole_way_on_the_screen(shop, central, maker, login):
    stock_in(central, [("N-014", "OLD", 3, shop.at.date() + timedelta(days=400))], by=shop.central_keeper, at=shop.at)
    Product.objects.filter(code="N-014").update(reorder_point=20)
    manager, leader, keeper = login(shop.product_manager), login(shop.leader), login(shop.central_keeper)
    assert "还没有采购建议" in told(manager.get("/purchasing/proposals/"))
    body = told(manager.post("/purchasing/proposals/runs/", follow=True))
    assert "CJ2600001" in body and "演示营养厂家甲" in body
    lines = re.findall(r'name="line" value="(\d+)"', body)
    assert len(lines) == 1, "17 short of the safety stock make two boxes of 12"
    proposal = f"/purchasing/proposals/{Proposal.objects.get().pk}/"
    changing, asking = f"{proposal}lines/{lines[0]}/", f"{proposal}request/"
    assert "要填整数" in told(manager.post(changing, {"quantity": "多", "reason": "节前"}, follow=True))
    assert "节前备货" in told(manager.post(changing, {"quantity": "36", "reason": "节前备货"}, follow=True))
    assert "申请理由还没填" in told(manager.post(asking, {"line": lines}, follow=True))
    made = told(manager.post(asking, {"line": lines, "reason": "低于安全库存"}, follow=True))
    assert "CG2600001" in made and "¥2,880.00" in made and "批准</button>" not in made
    assert "已提申请" in told(manager.get(proposal))
    request = PurchaseRequest.objects.get()
    assert work(shop.leader, shop.at) == [("采购审批", "CG2600001 低于安全库存")]
    url = f"/purchasing/requests/{request.pk}/"
    assert keeper.post(f"{url}decision/", {"verdict": "approved"}).status_code == 403
    assert "批准</button>" in told(leader.get(url))
    assert "已批准" in told(leader.post(f"{url}decision/", {"verdict": "approved"}, follow=True))
    order = PurchaseOrder.objects.get()
    assert work(shop.product_manager, shop.at) == [("采购单", "CD2600001")]
    page = f"/purchasing/orders/{order.pk}/"
    assert "name@example.com" in told(manager.post(f"{page}sendings/", {"to": "没有"}))
    with connected("email", PermanentError("550 no such user")) as mails:
        manager.post(f"{page}sendings/", {"to": "wrong@maker.example"})
        deliver(message_id=OutboxMessage.objects.get().pk, at=shop.at)
        assert "没有发出去" in told(manager.get(page)) and not mails.got
        assert PurchaseOrder.objects.get().state == "to_send"
        manager.post(f"{page}sendings/", {"to": "sales@maker.example"})
        deliver(message_id=OutboxMessage.objects.latest("pk").pk, at=shop.at)
    assert [payload["to"] for _key, payload in mails.got] == ["sales@maker.example"]
    assert mails.got[0][1]["attachments"][0]["name"] == "CD2600001.pdf"
    assert "已发厂家" in told(manager.get(page))
    fact = {"kind": "shipped", "on": "2026-11-23", "expected_on": "", "carrier": "", "waybill": "", "note": ""}
    assert "由谁承运还没填" in told(manager.post(f"{page}facts/", fact))
    shipped = told(manager.post(f"{page}facts/", fact | {"carrier": "演示物流", "waybill": "YD100"}, follow=True))
    assert "演示物流" in shipped and "运输中" in shipped
    assert "登记到货" in told(keeper.get(page)) and "关闭</button>" not in told(keeper.get(page))
    arrival = {"order": order.pk, "supplier": "", "reason": "", "arrived_on": "2026-11-23", "waybill": "YD100"}
    body = told(keeper.post("/purchasing/deliveries/new/", arrival, follow=True))
    delivery = Delivery.objects.get()
    assert "我代表库管点收" in body and "DH2600001" in body
    assert (
        work(shop.central_keeper, shop.at)
        == work(shop.product_manager, shop.at)
        == [("到货验收", "DH2600001 演示营养厂家甲")]
    )
    url, pk = f"/purchasing/deliveries/{delivery.pk}/", Product.objects.get(code="N-014").pk
    row = {"product": pk, "lot": "DA26111", "expiry": "2028-06-30", "packs": 34, "damaged": 2, "note": ""}
    keeper.post(f"{url}counts/", sheet(row, confirm="1"))
    blind = told(manager.get(url))
    assert "我代表产品部点收" in blind and "DA26111" in blind and 'packs" value=' not in blind
    assert "已经过期" in told(manager.post(f"{url}counts/", sheet(row | {"expiry": "2026-01-01"}, confirm="1")))
    differs = told(manager.post(f"{url}counts/", sheet(row | {"packs": 36, "damaged": ""}, confirm="1"), follow=True))
    assert "两个人数的不一样" in differs and "完好 34，破损 2" in differs and "完好 36，破损 0" in differs
    assert "两个人数的不一样" in told(keeper.post(f"{url}stock-in/", follow=True))
    same = told(manager.post(f"{url}counts/", sheet(row, confirm="1"), follow=True))
    assert "等库管入库" in same and "入库</button>" not in same
    booked = told(keeper.post(f"{url}stock-in/", follow=True))
    assert "已入库，入库单 RK2600002" in booked and "单据和照片" in booked
    assert "已入库" in told(manager.get(page)) and work(shop.central_keeper, shop.at) == []
    assert "DH2600001" in told(keeper.get("/purchasing/deliveries/?state=booked"))
    assert login(shop.director).get(url).status_code == 403


@pytest.mark.req("STK-003")
def test_a_scan_fills_the_sheet_with_lot_and_expiry(shop, central, maker, login):
    Supply.objects.filter(product__code="N-014").update(article="6901234567892")
    keeper = login(shop.central_keeper)
    arrival = {"order": "", "supplier": maker.pk, "reason": "", "arrived_on": "2026-11-23", "waybill": ""}
    assert "没有采购单的到货要写明原因" in told(keeper.post("/purchasing/deliveries/new/", arrival))
    assert "要选厂家" in told(keeper.post("/purchasing/deliveries/new/", arrival | {"supplier": "", "reason": "样品"}))
    keeper.post("/purchasing/deliveries/new/", arrival | {"reason": "样品"})
    url = f"/purchasing/deliveries/{Delivery.objects.get().pk}/counts/"

    def scanned(code, *rows):
        return told(keeper.post(url, sheet(*rows, scan="1", code=code)))

    pk = Product.objects.get(code="N-014").pk
    body = scanned("]d201069012345678921728063010DA26111\x1d3712")
    assert 'value="DA26111"' in body and 'value="2028-06-30"' in body and 'value="12"' in body
    assert f'<option value="{pk}" selected>' in body
    row = {"product": pk, "lot": "DA26111", "expiry": "2028-06-30", "packs": 12, "damaged": 1, "note": ""}
    assert 'value="13"' in scanned("(01)06901234567892(10)DA26111", row)
    assert "还没有对应的产品" in scanned("4006381333931", row)
    Barcode.objects.filter(product=pk, packs__gt=1).update(gtin="04006381333931", packs=6)
    case = scanned("(02)04006381333931(37)2(10)DA26112")  # two cases of six
    assert f'<option value="{pk}" selected>' in case and 'value="12"' in case and 'value="DA26112"' in case
    for code, words in (
        ("", "没有扫到"),
        ("4006381333932", "校验位不对"),
        ("hello", "不是商品条码"),
        ("9" * 201, "太长"),
    ):
        assert words in scanned(code, row)
    assert "还没选" in told(keeper.post(url, sheet(row | {"product": ""}, confirm="1")))
    assert keeper.post(url, sheet(row, confirm="1")).status_code == 302


def test_suppliers_their_goods_and_prices(shop, central, maker, login):
    manager = login(shop.product_manager)
    assert "演示营养厂家甲" in told(manager.get("/purchasing/suppliers/"))
    assert manager.get("/purchasing/suppliers/new/").status_code == 200
    url = f"/purchasing/suppliers/{maker.pk}/"
    assert "FO-60" in told(manager.get(url)) and "¥80.00" in told(manager.get(url))
    terms = {"contact": "示王", "email": "o@maker.example", "lead_days": "9", "active": "on"}
    assert "9 天到货" in told(manager.post(f"{url}terms/", terms, follow=True))
    assert manager.post(f"{url}terms/", terms | {"lead_days": "400"}).status_code == 422
    supply = Supply.objects.get(product__code="N-014")
    price = {"supply": supply.pk, "price": "75.50", "valid_from": "2026-11-23", "valid_to": "2026-11-22"}
    assert "有效至不能早于" in told(manager.post(f"{url}prices/", price))
    assert "¥75.50" in told(manager.post(f"{url}prices/", price | {"valid_to": ""}, follow=True))
    assert "已经有一个进价" in told(manager.post(f"{url}prices/", price | {"valid_to": ""}))
    more = {
        "product": Product.objects.get(code="N-001").pk,
        "article": "VD",
        "multiple": "10",
        "minimum": "20",
        "active": "on",
    }
    assert "VD" in told(manager.post(f"{url}supplies/", more, follow=True))
    assert login(shop.leader).post(f"{url}terms/", terms).status_code == 403
    assert login(shop.manager).get(url).status_code == 403
    typed = sheet({"supply": supply.pk, "packs": "30"}, reason="会议备货")
    refused = told(manager.post("/purchasing/requests/new/", typed))
    assert "要是 12 的倍数，至少 24" in refused and not PurchaseRequest.objects.exists()
    assert 'name="form-2-supply"' in told(
        manager.post("/purchasing/requests/new/", typed | {"form-TOTAL_FORMS": "2", "more": "1"})
    )
    made = manager.post("/purchasing/requests/new/", typed | {"form-0-packs": "36"}, follow=True)
    assert "¥2,718.00" in told(made)
    assert Supplier.objects.get().lead_days == 9
    assert Supply.objects.get(product__code="N-014").prices.latest("valid_from").price == Decimal("75.50")
    withdrawn = manager.post(f"/purchasing/requests/{PurchaseRequest.objects.get().pk}/withdrawal/", follow=True)
    assert "已撤回" in told(withdrawn)
