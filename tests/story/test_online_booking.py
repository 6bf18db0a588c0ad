"""Somebody new books from a telephone: a code, five choices, and the centre confirms within the two hours (APT-001, APT-004, APT-012)."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from tests.story.telling import Story, for_good, on

from kefu.appointments.models import Appointment
from kefu.foundation.outbox.models import OutboxMessage
from kefu.testing.browser import PHONE, Desk

pytestmark = pytest.mark.django_db
NUMBER = "10000000921"


def code() -> str:
    """What stands in the text message."""
    message = OutboxMessage.objects.filter(payload__to=NUMBER, key__startswith="number:portal-visit:").latest("pk")
    return str(re.findall(r"\d{6}", message.payload["body"])[0])


def look(desk: Desk, name: str) -> None:
    """A picture of the page, where KEFU_PICTURES says."""
    if folder := os.environ.get("KEFU_PICTURES"):
        desk.page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


@pytest.mark.req("APT-012")
@pytest.mark.req("CUS-010", part="online registration")
def test_somebody_new_books_from_a_telephone(story: Story, browser: Browser, site: str) -> None:
    cast, monday = story.cast, on(11, 23, 9)
    phone = Desk(browser, site, monday, PHONE)
    page = phone.page

    phone.open("/portal/")
    look(phone, "1-door")
    page.get_by_role("textbox", name="手机号").fill("100 0000 0921")
    page.get_by_role("button", name="获取验证码").click()
    phone.sees("100 **** 0921")
    look(phone, "2-code")
    page.get_by_role("textbox", name="验证码").fill(for_good(code))
    page.get_by_role("button", name="进入").click()
    phone.sees("现在没有约好的时间。")

    for choice in ("预约", "初诊", "北京朝阳中心", "何示宁"):
        look(phone, f"3-{choice}")
        page.get_by_role("link", name=re.compile(f"^{choice}")).first.click()
    look(phone, "4-time")
    page.get_by_role("link", name=re.compile("24.*余")).click()
    page.get_by_role("link", name="10:00").click()
    phone.sees("2026-11-24 星期二 10:00")
    page.get_by_role("textbox", name="姓名").fill("白示安")
    page.get_by_role("radio", name="男").check()
    look(phone, "5-confirm")
    page.get_by_label("我看过隐私说明，同意").check()
    page.get_by_label("以上事项和时间没有错").check()
    page.get_by_role("button", name="提交预约申请").click()
    phone.sees("申请已收到")
    phone.sees("今天 11:00")
    look(phone, "6-next")

    # The health manager hears the bell, sees the clock run, reads item and time to the caller and confirms.
    manager = story.at(cast.manager, on(11, 23, 9, 40))
    manager.open("/appointments/requests/")
    manager.sees("白示安")
    manager.sees("还有 1 小时 20 分")
    look(manager, "7-requests")
    manager.page.get_by_role("link", name="确认 白示安").click()
    manager.page.get_by_role("radio", name=re.compile("明天 10:00")).first.check()
    manager.page.get_by_label("事项和时间已读给客户听，客户确认了").check()
    look(manager, "8-request")
    manager.press("预约")
    manager.hears("已约好，时段已占用。")
    booked = for_good(lambda: Appointment.objects.select_related("customer").get(customer__name="白示安"))
    assert (booked.channel, booked.customer.stage, booked.customer.capture) == ("online", "lead", "online")

    # The next look at the telephone shows the visit; a day ahead it may still be cancelled.
    phone.at(on(11, 23, 9, 45))
    phone.open("/portal/mine/")
    phone.sees("明天 10:00")
    look(phone, "9-mine")
    page.get_by_role("link", name=re.compile("明天 10:00")).click()
    look(phone, "10-appointment")
    page.get_by_text("取消预约").click()
    page.get_by_role("button", name="取消这个预约").click()
    phone.sees("已取消")
    page.get_by_role("button", name="退出").click()
    expect(page.get_by_role("textbox", name="手机号")).to_be_visible()
    phone.close()
