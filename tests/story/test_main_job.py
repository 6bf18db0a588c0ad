"""The main job on screen: one customer from the first call to the follow-ups, each step by the person whose job it is."""

import asyncio
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest
from django.db import connections
from playwright.sync_api import expect
from tests.story.telling import SCAN, Story, answer_what_is_required, fits, on, phone

from kefu.lab.actions.messages import receive
from kefu.lab.hl7.mllp import MllpClient, MllpServer
from kefu.lab.models import Order
from kefu.lab.testing_results import oru, told
from kefu.testing.cast import Cast

pytestmark = pytest.mark.django_db
NAME = "程望舒"


@contextmanager
def laboratory_line(cast: Cast, at: datetime) -> Iterator[int]:
    """The real MLLP server on a real socket; its messages arrive at that moment. Gives the port."""

    def take(raw: bytes) -> bytes:
        try:
            return receive(raw=raw, peer="mllp", size=len(raw), by=cast.lab_system, at=at)
        finally:
            connections.close_all()

    server = MllpServer(take, "127.0.0.1", 0, 1_000_000, 5, oversize=lambda _head, _size: b"", threads=1)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        asyncio.run_coroutine_threadsafe(server.start(), loop).result(5)
        yield server.port
    finally:
        asyncio.run_coroutine_threadsafe(server.stop(5), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()


def first_call_and_archive(story: Story) -> None:
    manager = story.at(story.cast.manager, on(11, 23, 9))
    manager.open("/customers/new/")
    manager.fill("姓名*", NAME)
    manager.fill("电话*", "10000000003")
    manager.press("登记")
    manager.hears(f"已登记{NAME}")
    story.name = NAME
    story.customer = re.search(r"/customers/(\d+)/", manager.page.url)[1]
    manager.follow("建档")
    manager.press("建档")
    for missing in ("请填写出生日期或年龄", "请选择功能医生", "请选择客户来源", "请填写备注"):
        manager.sees(missing, within="main [role=alert]")
    manager.choose("性别", "女")
    manager.fill("出生日期", "1986-04-05")
    manager.choose("功能医生*", "何示宁 2002")
    manager.choose("客户来源*", "到店")
    manager.page.get_by_role("checkbox", name="没有备注").check()
    manager.press("建档")
    manager.hears("档案已建立")
    with phone(manager):
        story.stands(manager, "问诊", "档案已建立")
        fits(manager)


def booking(story: Story) -> None:
    manager = story.at(story.cast.manager, on(11, 23, 9, 10))
    manager.open(f"/customers/{story.customer}/appointments/new/?first=2026-11-24")
    manager.page.get_by_text("09:30", exact=True).first.click()
    manager.choose("怎样核对的身份", "当面认识")
    manager.page.get_by_role("checkbox", name="已把事项和时间读给客户听").check()
    manager.press("预约")
    manager.hears("已预约")
    manager.open("/appointments/?day=2026-11-24")
    manager.sees("09:30–10:00")
    expect(manager.page.get_by_role("link", name="09:00 何示宁 空档，新预约")).to_be_visible()
    expect(manager.page.get_by_role("link", name="09:30 何示宁 空档，新预约")).to_have_count(0)


def interview(story: Story) -> None:
    doctor = story.at(story.cast.doctor, on(11, 24, 9, 30))
    with phone(doctor):
        doctor.open("/")
        fits(doctor)
        owed = doctor.page.locator("#kf-owed").get_by_role("listitem").filter(has_text=story.name)
        owed.filter(has_text="问诊").get_by_role("link", name="去办").click()
        doctor.press("开始问诊")
        doctor.sees("作废草稿")
        fits(doctor)
    doctor.press("保存问诊")
    doctor.sees("还有 15 项要填或改", within="main [role=alert]")
    answer_what_is_required(doctor)
    doctor.press("保存问诊")
    doctor.hears("健康档案号 HA2600001")
    story.stands(doctor, "检测开单", "已问诊")


def order(story: Story) -> str:
    doctor = story.at(story.cast.doctor, on(11, 24, 10, 10))
    doctor.open(f"/customers/{story.customer}/lab-orders/new/")
    for item, copies in (("食物反应筛查（IgG）", "1"), ("尿液有机酸代谢评估", "1"), ("一般健康检查（血）", "2")):
        doctor.fill(item, copies, "spinbutton")
    doctor.sees("¥5,350.00")  # 1,800 + 2,600 + 2 x 475
    doctor.press("开单")
    doctor.hears("合计 ¥5,350.00")
    number = doctor.page.locator("main h1").inner_text()
    story.stands(doctor, "检测盒发放与采样", "已开单")
    return number


def signature_and_kit(story: Story, number: str, scan: Path) -> list[str]:
    manager = story.at(story.cast.manager, on(11, 24, 10, 20))
    manager.open(f"/customers/{story.customer}/lab-orders/next/")
    sheet = manager.page.url
    printed = manager.print("打印检测单")
    assert number in printed and "5,350.00" in printed and NAME in printed
    manager.open(sheet)
    manager.page.locator("input[type=file]").set_input_files(scan)
    manager.press("登记签字")
    manager.hears("已登记签字，应收 ¥5,350.00")
    manager.sees("signed.png")
    manager.press("发货")
    manager.hears("12月8日 出报告")  # ten laboratory days for the slowest item
    for guide in ("采血前一晚 20:00 后不再进食", "请告诉客户：报告 12月8日 完成"):
        manager.sees(guide)
    labels = manager.print("打标签")
    story.stands(manager, "样本回收", "客户采样中")
    return sorted(set(re.findall(r"S\d+-\d", labels)))


def samples(story: Story, codes: list[str]) -> None:
    """Nothing but a scanner and the keyboard; the last one with the telephone in the hand."""
    consulting = story.at(story.cast.consulting, on(11, 26, 14))
    consulting.open("/samples/check-in/")
    for left, code in zip((2, 1), codes, strict=False):
        consulting.page.keyboard.type(code)
        consulting.page.keyboard.press("Enter")
        consulting.page.wait_for_url(f"**/samples/check-in/?code={code}")
        for key in "123":
            consulting.page.keyboard.press(key)
        consulting.page.keyboard.press("Enter")
        consulting.hears(f"还差 {left} 件")
    with phone(consulting):
        consulting.open(f"/samples/check-in/?code={codes[2]}")
        fits(consulting)
        for check in ("内容物齐全", "数量够", "样本合格"):
            consulting.page.get_by_role("checkbox", name=check).check()
        consulting.press("记下核对结果")
        consulting.hears("收齐，检测中")
        fits(consulting)
    story.stands(consulting, "电子报告审核", "检测中")


def results_and_review(story: Story, number: str) -> None:
    placed = Order.objects.select_related("customer").get(number=number)
    with laboratory_line(story.cast, on(12, 4, 10)) as port, MllpClient("127.0.0.1", port, timeout=20) as laboratory:
        raw = oru(placed, sent="20261204095500").encode()
        assert told(laboratory.send(raw)) == ("AA", "")
        assert told(laboratory.send(raw)) == ("AA", "")  # the same again is filed once
    manager = story.at(story.cast.manager, on(12, 4, 10, 10))
    story.stands(manager, "电子报告审核", "报告审核中")
    reports = [f"/reports/{pk}/" for pk in placed.reports.order_by("pk").values_list("pk", flat=True)]
    assert len(reports) == 3
    assert [manager.open(report) for report in reports] == [404, 404, 404]
    consulting = story.at(story.cast.consulting, on(12, 4, 10, 40))
    consulting.open(f"/customers/{story.customer}/reports/next/")
    for left in (2, 1, 0):
        consulting.press("审核通过")
        consulting.sees(f"等审 {left} 份")
    assert [manager.open(report) for report in reports] == [200, 200, 200]
    story.stands(consulting, "总检报告", "审核通过")


def overall_and_paper(story: Story) -> None:
    doctor = story.at(story.cast.doctor, on(12, 4, 11))
    doctor.open(f"/customers/{story.customer}/reports/next/")
    doctor.follow("录入总检报告")
    doctor.fill("总检意见*", "各项正常，注意作息，三个月后复查。")
    doctor.press("录入")
    doctor.hears("总检报告已录入")
    story.stands(doctor, "纸质报告制作", "审核全部完成，待制作纸质报告")
    consulting = story.at(story.cast.consulting, on(12, 7, 9, 30))
    consulting.open(f"/customers/{story.customer}/reports/next/")
    report = consulting.page.url
    paper = consulting.print("制作纸质报告")
    assert NAME in paper and "三个月后复查" in paper.replace("\n", "")
    story.stands(consulting, "纸质报告发放", "纸质报告制作中")
    consulting.open(report)
    consulting.page.get_by_role("radio", name="邮寄").check()
    consulting.fill("快递公司", "顺丰")
    consulting.fill("快递单号", "SF1234567890")
    consulting.press("发放")
    consulting.hears("纸质报告已发放")
    story.stands(consulting, "报告解读", "纸质报告已发放")


def receipt_and_plan(story: Story) -> None:
    manager = story.at(story.cast.manager, on(12, 9, 9, 40))
    manager.open(f"/customers/{story.customer}/tabs/followups/")
    expect(manager.page.locator("main")).not_to_contain_text("收到报告后 2 天")
    manager.open("/reports/papers/")
    manager.page.locator("#main tr", has_text=NAME).get_by_role("link").first.click()
    manager.fill("客户收到日期*", "2026-12-08")
    manager.press("登记收到")
    manager.hears("回访从这一天算起")
    manager.open(f"/customers/{story.customer}/tabs/followups/")
    rows = manager.page.locator(
        "[role=list] [role=listitem]", has=manager.page.locator("a[href^='/follow-ups/']")
    ).all()
    plan = {row.get_by_role("link").inner_text(): row.locator("time").inner_text() for row in rows}
    assert {topic: day for topic, day in plan.items() if not topic.startswith("复检")} == {
        "收到报告后 2 天": "明天", "收到报告后 3 个月": "2027-03-08", "收到报告后 6 个月": "2027-06-08", "收到报告后 12 个月": "2027-12-08",
        "元旦": "2027-01-04", "春节": "2027-02-11", "劳动节": "2027-05-05", "中秋节": "2027-09-16", "国庆节": "2027-10-06",
    }  # fmt: skip


def interpretation_and_purchase(story: Story) -> None:
    doctor = story.at(story.cast.doctor, on(12, 10, 10))
    doctor.open(f"/customers/{story.customer}/reports/next/")
    doctor.press("确认已解读")
    doctor.hears("可以开产品建议")
    story.stands(doctor, "产品购买", "报告已解读")
    doctor.open(f"/customers/{story.customer}/purchases/new/")
    doctor.fill("深海鱼油软胶囊", "4", "spinbutton")
    doctor.fill("复合维生素片", "2", "spinbutton")
    doctor.press("开具")
    doctor.hears("产品建议已开")
    manager = story.at(story.cast.manager, on(12, 10, 10, 20))
    manager.open(f"/customers/{story.customer}/purchases/next/")
    purchase = manager.page.url
    manager.fill("深海鱼油软胶囊", "15", "spinbutton")
    manager.fill("复合维生素片", "3", "spinbutton")
    manager.press("录入")
    table = manager.page.get_by_role("region", name="产品清单").first
    expect(table.get_by_role("row", name="深海鱼油软胶囊")).to_contain_text("450")  # 15 x 120 pieces at 4 a day
    expect(table.get_by_role("row", name="合计")).to_contain_text("¥5,064.00")  # 15 x 298 + 3 x 198
    assert "5,064.00" in manager.print("打印清单")
    manager.open(purchase)
    manager.press("登记签字")
    manager.hears("已登记签字")
    story.stands(manager, "产品发货", "产品已下单")
    manager.open(purchase)
    manager.press("发货")
    manager.hears("产品已发货")
    for lot in ("DA26031 × 12", "DA26072 × 3", "DB26044 × 3"):  # the lot that expires first is used up first
        manager.sees(lot)
    story.stands(manager, "满意度回访", "产品已发货")


def survey_and_followup(story: Story) -> None:
    service = story.at(story.cast.service, on(12, 10, 15))
    service.open(f"/customers/{story.customer}/tabs/surveys/")
    service.follow("产品使用电话回访")
    answer_what_is_required(service)
    service.press("记下")
    service.sees("满意率 100.0%")
    story.stands(service, "定期回访", "已回访满意度")
    manager = story.at(story.cast.manager, on(12, 10, 16))
    manager.open("/follow-ups/?due_to=2026-12-09")
    manager.sees("到这天没有要回访的客户")
    manager.fill("到期日", "2026-12-31")
    manager.press("筛选")
    manager.sees("收到报告后 2 天")
    manager.follow("打电话")
    manager.fill("客户怎么说", "精神好多了，继续服用")
    manager.press("记下")
    manager.hears("已记下")
    manager.sees("已回访")
    story.stands(manager, "定期回访", "定期回访中")
    manager.sees("精神好多了，继续服用")


@pytest.mark.req("JRN-002")
@pytest.mark.req("JRN-009")
def test_one_customer_from_the_first_call_to_the_follow_ups(story: Story, tmp_path: Path) -> None:
    scan = tmp_path / "signed.png"
    scan.write_bytes(SCAN)
    first_call_and_archive(story)
    booking(story)
    interview(story)
    number = order(story)
    codes = signature_and_kit(story, number, scan)
    samples(story, codes)
    results_and_review(story, number)
    overall_and_paper(story)
    receipt_and_plan(story)
    interpretation_and_purchase(story)
    survey_and_followup(story)
