"""Off the path before the results: each wrong turn on screen, by the person whose it is; then where the journey stands, and why."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect
from tests.story.telling import Story, answer_what_is_required, fits, for_good, on, phone

from kefu.appointments.actions import book

pytestmark = pytest.mark.django_db


def test_an_archive_is_not_for_everybody_and_can_be_put_right(story: Story) -> None:
    story.begins("秦若兰")
    service = story.at(story.cast.service)
    service.open(f"/customers/{story.customer}/")
    expect(service.page.get_by_role("link", name="改档案")).to_have_count(0)
    assert service.open(f"/customers/{story.customer}/edit/") == 403
    manager = story.at(story.cast.manager)
    manager.open(f"/customers/{story.customer}/")
    manager.follow("改档案")
    manager.fill("出生日期", "1885-06-21")
    manager.press("保存")
    manager.sees("出生日期", within="main [role=alert]")
    manager.fill("出生日期", "1985-06-21")
    manager.press("保存")
    manager.hears("已保存")
    story.stands(manager, "问诊", "档案已建立", "改档案：出生日期")


def test_a_booking_is_moved_then_cancelled(story: Story) -> None:
    story.begins("韩云舒")
    cast, customer = story.cast, story.walk.customer
    for_good(lambda: book(customer=customer, doctor=cast.doctor, node=cast.bj, start=on(11, 25, 9), type="first_visit", by=cast.manager, at=story.walk.at))  # fmt: skip
    manager = story.at(cast.manager)
    manager.open("/appointments/?day=2026-11-25")
    manager.page.locator(".cal-one", has_text="韩云舒").click()
    manager.follow("换个时间")
    manager.page.get_by_text("11:30", exact=True).first.click()
    manager.sees("韩云舒改到这个时间？")
    manager.page.get_by_role("checkbox", name="已把新的时间读给客户听").check()
    manager.press("改到这个时间")
    manager.hears("已改约")
    manager.page.get_by_text("取消预约", exact=True).first.click()
    manager.press("取消预约")
    manager.sees("请写明取消原因", within="main")
    manager.fill("客户怎么说", "孩子生病，下周再约")
    manager.press("取消预约")
    manager.hears("预约已取消，时段已放出")
    manager.open("/appointments/?day=2026-11-25")
    manager.sees("11:30")
    story.stands(manager, "问诊", "档案已建立", "改约", "原来约的是 11-25 09:00", "取消预约", "孩子生病，下周再约")


def test_an_interview_is_put_right_with_a_reason(story: Story) -> None:
    story.begins("苏晚晴", "consultation")
    doctor = story.at(story.cast.doctor)
    doctor.open(f"/customers/{story.customer}/tabs/consultations/")
    doctor.page.locator("tbody").get_by_role("link").first.click()
    doctor.follow("更正…")
    doctor.press("开始更正")
    doctor.sees("这一项还没填", within="main [role=alert]")
    doctor.fill("原因*", "漏记每天睡几小时")
    doctor.press("开始更正")
    doctor.fill(re.compile("睡.*小时"), "5", "spinbutton")
    doctor.press("保存更正")
    doctor.hears("已更正")
    story.stands(doctor, "检测开单", "已问诊", "更正问诊", "漏记每天睡几小时")


def test_a_colleague_stands_in_for_the_doctor_who_is_away(story: Story) -> None:
    """Stand-ins count by the real clock, so this day is today."""
    now = timezone.now()
    story.begins("白露", at=now - timedelta(hours=1))
    away = story.at(story.cast.doctor, now)
    away.open("/stand-ins/")
    away.choose("请谁代班*", "何示和 2003")
    away.fill("原因*", "外出会诊")
    away.press("请他代班")
    away.hears("已请同事代班")
    substitute = story.at(story.cast.doctor2, now)
    assert substitute.open(f"/customers/{story.customer}/") == 404
    substitute.open("/handovers/")
    substitute.press("接受")
    substitute.open("/")
    owed = substitute.page.locator("#kf-owed").get_by_role("listitem").filter(has_text=story.name)
    owed.get_by_role("link", name="去办").click()
    substitute.press("开始问诊")
    answer_what_is_required(substitute)
    substitute.press("保存问诊")
    substitute.hears("健康档案号")
    story.stands(substitute, "检测开单", "已问诊", "何示和")
    substitute.open("/stand-ins/")
    substitute.press("提前结束")


def test_an_order_is_not_the_managers_and_is_cancelled_by_the_doctor(story: Story) -> None:
    story.begins("陆清和", "tests_ordered")
    manager = story.at(story.cast.manager)
    manager.open(f"/customers/{story.customer}/lab-orders/next/")
    expect(manager.page.get_by_text("作废检测单…")).to_have_count(0)
    manager.press("登记签字")
    manager.hears("已登记签字")
    assert manager.open(f"/customers/{story.customer}/lab-orders/new/") == 403
    doctor = story.at(story.cast.doctor)
    doctor.open(f"/customers/{story.customer}/lab-orders/next/")
    doctor.page.get_by_text("作废检测单…").click()
    doctor.fill("原因*", "客户刚在别处做过")
    doctor.press("作废")
    doctor.hears("收费已冲销")
    story.stands(doctor, "检测开单", "已问诊", "作废", "客户刚在别处做过")


def test_a_kit_waits_for_the_signature_and_for_stock_and_is_taken_back(story: Story) -> None:
    story.begins("顾长宁", "tests_ordered")
    manager = story.at(story.cast.manager)
    manager.open(f"/customers/{story.customer}/lab-orders/next/")
    expect(manager.page.get_by_role("button", name="发货")).to_have_count(0)
    manager.press("登记签字")
    manager.press("发货")
    manager.hears("检测盒已发")
    manager.open(f"/customers/{story.customer}/lab-orders/next/")
    manager.page.get_by_text("收回检测盒…").click()
    manager.fill("收回原因*", "客户改在中心采样")
    manager.press("收回")
    manager.hears("检测盒已收回，库存已加回")
    story.stands(manager, "检测盒发放与采样", "已开单", "收回检测盒", "客户改在中心采样")


@pytest.mark.req("LAB-006")
@pytest.mark.req("JRN-007")
def test_a_spoilt_sample_is_taken_again(story: Story) -> None:
    story.begins("方子衿", "kit_issued")
    [sample] = story.walk.order.samples.all()
    consulting = story.at(story.cast.consulting)
    consulting.open("/samples/check-in/")
    consulting.page.keyboard.type(sample.barcode)
    consulting.page.keyboard.press("Enter")
    consulting.page.wait_for_url(f"**/?code={sample.barcode}")
    consulting.page.keyboard.press("1")
    consulting.page.keyboard.press("2")
    consulting.press("记下核对结果")
    consulting.sees("原因", within="main [role=alert]")
    consulting.choose("不合格原因 F8", "溶血")
    consulting.press("记下核对结果")
    consulting.hears("不合格")
    story.stands(consulting, "样本回收", "重新采样", "不合格：溶血")
    again = story.walk.order.samples.get(state="awaited")
    with phone(consulting):
        consulting.open(f"/samples/check-in/?code={again.barcode}")
        consulting.sees("替 " + sample.barcode)
        for check in ("内容物齐全", "数量够", "样本合格"):
            consulting.page.get_by_role("checkbox", name=check).check()
        consulting.press("记下核对结果")
        consulting.hears("收齐，检测中")
        fits(consulting)
    story.stands(consulting, "电子报告审核", "检测中")
