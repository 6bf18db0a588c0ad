"""On the screen: order, print, sign, hand out, check in with a scanner."""

from datetime import timedelta
from decimal import Decimal

from django.urls import reverse

from kefu.customers.models import Customer
from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.gates.registry import declared
from kefu.foundation.slots.registry import slots
from kefu.lab.actions import Finding, check_samples
from kefu.lab.models import Order, Sample
from kefu.lab.slots import find_orders, overdue_count, overdue_samples
from kefu.lab.testing import in_testing, open_customer, ordered, sampling, signed
from kefu.products.models import Package, RejectReason, TestItem


def choice(**counts):
    fields = {}
    for code, count in counts.items():
        item = TestItem.objects.filter(code=code.replace("_", "-")).first()
        key = f"item-{item.pk}" if item else f"package-{Package.objects.get(code=code.replace('_', '-')).pk}"
        fields[key] = count
    return fields


def test_the_doctor_sees_the_total_while_choosing_and_orders(centre, customer, login):
    page = login(centre.doctor)
    shown = page.get(reverse("lab:order_new", args=[customer.pk])).content.decode()
    assert "食物" in shown
    assert "还没有选检测项目" in shown
    wanted = choice(T_FOOD=1, T_OAT=1, T_GEN=2)
    quoted = page.post(reverse("lab:quote", args=[customer.pk]), wanted).content.decode()
    assert "¥5,350.00" in quoted
    assert "12月7日" in quoted
    twice = page.post(reverse("lab:quote", args=[customer.pk]), wanted | choice(P_BASE="on")).content.decode()
    assert "里已经有" in twice
    answer = page.post(
        reverse("lab:order_new", args=[customer.pk]), wanted | {"doctor": centre.doctor.pk, "note": "服华法林"}
    )
    order = Order.objects.get()
    assert answer.headers["Location"] == reverse("lab:order", args=[order.pk])
    assert (order.total, order.note) == (Decimal("5350.00"), "服华法林")
    empty = page.post(reverse("lab:order_new", args=[customer.pk]), {"doctor": centre.doctor.pk})
    assert empty.status_code == 422
    assert "请至少选一项检测" in empty.content.decode()


def test_the_order_is_changed_on_a_form_that_knows_what_was_ordered(centre, customer, login):
    order = ordered(centre, customer)
    page, address = login(centre.doctor), reverse("lab:change", args=[order.pk])
    assert "¥5,350.00" in page.get(address).content.decode()
    page.post(address, choice(T_GEN=1, P_BASE=""))
    order.refresh_from_db()
    assert (order.total, order.version) == (Decimal("475.00"), 2)


def test_print_sign_and_hand_out(centre, customer, login):
    order = ordered(centre, customer)
    page, home = login(centre.manager), reverse("lab:order", args=[order.pk])
    assert "下一步：客户签字" in page.get(home).content.decode()
    printed = page.post(reverse("lab:prints", args=[order.pk, "lab.order"]))
    pdf = page.get(printed.headers["Location"])
    assert pdf.content.startswith(b"%PDF-")
    assert page.post(reverse("lab:prints", args=[order.pk, "lab.other"])).status_code == 404
    refused = page.post(reverse("lab:signature", args=[order.pk]), {"signer": "guardian", "signed_on": "2026-11-23"})
    assert refused.status_code == 422
    assert "监护人代签" in refused.content.decode()
    page.post(reverse("lab:signature", args=[order.pk]), {"signer": "customer", "signed_on": "2026-11-23"})
    shown = page.get(home).content.decode()
    assert "下一步：发检测盒" in shown
    assert "未扫描" in shown
    posted = page.post(reverse("lab:kit", args=[order.pk]), {"mode": "posted"})
    assert posted.status_code == 422
    handed = page.post(reverse("lab:kit", args=[order.pk]), {"mode": "handed"}, follow=True)
    said = handed.content.decode()
    assert "请告诉客户：12月7日 出报告" in said
    assert "盒内" in said
    assert "去收样" in page.get(home).content.decode()
    assert AuditEntry.objects.filter(code="lab.order.read", customer_id=customer.pk).count() == 3


def test_a_short_kit_is_told_on_the_page(centre, customer, login):
    from kefu.stock.models import Balance

    order = signed(centre, customer, ("T-OAT",))
    Balance.objects.update(quantity=0)
    refused = login(centre.manager).post(reverse("lab:kit", args=[order.pk]), {"mode": "handed"})
    assert refused.status_code == 409
    assert "库存不够" in refused.content.decode()


def test_scan_check_and_scan_the_next(centre, customer, login):
    order = sampling(centre, customer)
    page, home = login(centre.consulting), reverse("lab:check_in")
    assert "扫一件样本开始" in page.get(home).content.decode()
    assert "没有找到" in page.get(home, {"code": "S999"}).content.decode()
    shown = page.get(home, {"code": "s261100001-3"}).content.decode()
    assert "一般健康检查" in shown
    assert "同一张单的其他样本" in shown
    sample = Sample.objects.get(barcode="S261100001-3")
    unsaid = page.post(reverse("lab:checks"), {"sample": sample.pk, "contents": "on", "number": "on"})
    assert unsaid.status_code == 422
    assert "不合格的样本，请选原因" in unsaid.content.decode()
    found = {"sample": sample.pk, "contents": "on", "number": "on", "quality": "on"}
    done = page.post(reverse("lab:checks"), found, follow=True).content.decode()
    assert "还差 2 件" in done
    both = [one.pk for one in order.samples.filter(state="awaited")]
    together = page.get(home, {"code": order.number}).content.decode()
    assert "2 件样本一起核对" in together
    done = page.post(reverse("lab:checks"), found | {"sample": both}, follow=True).content.decode()
    assert "收齐，检测中" in done
    order.refresh_from_db()
    assert order.status == "testing"


def test_an_unfit_sample_names_its_reason_and_may_be_taken_back(centre, customer, login):
    order = sampling(centre, customer, ("T-GEN",))
    page, sample = login(centre.manager), order.samples.get()
    page.post(reverse("lab:checks"), {"sample": sample.pk, "contents": "on", "number": "on", "reason": "haemolysis"})
    order.refresh_from_db()
    assert order.status == "resampling"
    shown = page.get(reverse("lab:order", args=[order.pk])).content.decode()
    for words in ("溶血", "下一步：重新采样", "替 S261100001-1", "补发检测盒"):
        assert words in shown
    page.post(reverse("lab:replacement_kit", args=[order.pk]), {"mode": "handed"})
    assert order.kit_issues.count() == 2
    refused = page.post(reverse("lab:check_cancellation", args=[sample.pk]), {"reason": "看错"}, follow=True)
    assert "补采的样本已经发盒" in refused.content.decode()


def test_wrong_turns_ask_for_a_reason(centre, customer, login):
    order = sampling(centre, customer, ("T-GEN",))
    manager, doctor = login(centre.manager), login(centre.doctor)
    back = reverse("lab:kit_return", args=[order.pk, order.kit_issues.get().pk])
    assert manager.post(back, {}).status_code == 422
    manager.post(back, {"reason": "客户出差"})
    order.refresh_from_db()
    assert order.status == "signed"
    doctor.post(reverse("lab:cancellation", args=[order.pk]), {"reason": ""})
    order.refresh_from_db()
    assert order.status == "signed"
    said = doctor.post(
        reverse("lab:cancellation", args=[order.pk]), {"reason": "改日再做"}, follow=True
    ).content.decode()
    assert "收费已冲销" in said
    assert "改日再做" in said


def test_samples_are_sent_to_the_laboratory(centre, customer, login):
    order = sampling(centre, customer)
    page, address = login(centre.manager), reverse("lab:consignments", args=[order.pk])
    assert page.post(address, {"mode": "posted", "sent_on": "2026-11-23"}).status_code == 422
    page.post(address, {"mode": "posted", "carrier": "顺丰", "waybill": "SF300", "sent_on": "2026-11-23"})
    assert order.consignments.get().samples.count() == 3


def test_others_see_nothing_and_may_do_nothing(centre, customer, login):
    order = sampling(centre, customer)
    stranger, keeper = login(centre.sh_manager), login(centre.keeper)
    assert stranger.get(reverse("lab:order", args=[order.pk])).status_code == 404
    assert keeper.get(reverse("lab:order", args=[order.pk])).status_code == 403
    assert (
        stranger.post(reverse("lab:checks"), {"sample": order.samples.first().pk, "contents": "on"}).status_code == 404
    )
    assert login(centre.manager).get(reverse("lab:order_new", args=[customer.pk])).status_code == 403
    assert order.number not in stranger.get(reverse("lab:orders")).content.decode()
    assert set(order.samples.values_list("state", flat=True)) == {"awaited"}


def test_lists_cost_the_same_for_one_row_and_for_many(centre, customer, login):
    sampling(centre, customer)
    pages = [
        reverse("lab:orders"),
        reverse("lab:samples"),
        reverse("lab:samples") + "?show=checked",
        reverse("lab:check_in"),
    ]
    client = login(centre.consulting)

    def costs():
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        found = []
        for address in pages:
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200
            found.append(len(queries))
        return found

    costs()
    once = costs()
    for number in range(3):
        in_testing(centre, open_customer(centre, "贺秋实", f"1000000001{number}"))
        sampling(centre, open_customer(centre, "闻家宁", f"1000000002{number}"))
    for before, after in zip(once, costs(), strict=True):
        assert after <= before + 1


def test_where_a_step_is_done_for_a_customer(centre, customer, login):
    order = sampling(centre, customer)
    gates = declared()
    manager = login(centre.manager)
    assert manager.get(gates["lab.kit.issue"].url(customer.pk)).headers["Location"] == reverse(
        "lab:order", args=[order.pk]
    )
    to = manager.get(gates["lab.sample.check"].url(customer.pk)).headers["Location"]
    assert to == f"{reverse('lab:check_in')}?code={order.number}"
    assert gates["lab.order.place"].url(customer.pk) == reverse("lab:order_new", args=[customer.pk])


def test_the_search_box_the_workbench_and_the_navigation_know_samples(centre, customer):
    order = sampling(centre, customer)
    assert [hit.title for hit in find_orders(centre.manager, "s2611000", 5)] == [order.number]
    assert [hit.title for hit in find_orders(centre.manager, "L2611", 5)] == [order.number]
    assert find_orders(centre.manager, "张三", 5) == find_orders(centre.sh_manager, "L2611", 5) == []
    late = centre.at + timedelta(days=4)
    (item,) = overdue_samples(centre.manager, late)
    assert (item.what, item.customer_name, item.why) == ("3 件样本该到没到", "程望舒", order.number)
    assert list(overdue_samples(centre.consulting, late)) == list(overdue_samples(centre.manager, centre.at)) == []
    assert (overdue_count(centre.consulting, late), overdue_count(centre.consulting, centre.at)) == (3, 0)
    assert slots.nav["lab:check_in"].label == "收样"


def test_the_customers_tab_lists_orders(centre, customer, login):
    order = sampling(centre, customer)
    finding = Finding(order.samples.first(), number_ok=False, reason=RejectReason.objects.get(code="leaking"))
    check_samples(order=order, findings=[finding], by=centre.consulting, at=centre.at)
    shown = login(centre.doctor).get(reverse("customers:tab", args=[customer.pk, "lab"])).content.decode()
    assert order.number in shown
    assert "重新采样" in shown
    assert "开检测单" in shown


def test_what_waits_in_the_pool_hides_none_of_the_own_overdue_samples(centre, customer, monkeypatch):
    order = sampling(centre, customer)
    earlier = sampling(centre, open_customer(centre, name="白示安", phone="10000000042"))
    Customer.objects.filter(pk=earlier.customer_id).update(stage="lead", health_manager=None)
    Sample.objects.filter(order=earlier).update(due_on=centre.at.date() - timedelta(days=9))
    monkeypatch.setattr("kefu.lab.slots.AT_MOST", 1)
    assert [item.why for item in overdue_samples(centre.manager, centre.at + timedelta(days=4))] == [order.number]
