"""Booking from a telephone, in both languages: a code, five choices, and the centre confirms within the two hours (APT-001, APT-004, APT-012)."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from tests.story.telling import Story, fits, for_good, on

from kefu.appointments import actions
from kefu.appointments.models import Appointment, AppointmentRequest
from kefu.foundation.outbox.models import OutboxMessage
from kefu.testing.browser import PHONE, Desk

pytestmark = pytest.mark.django_db
NUMBER = "10000000921"
TOUCHED = "main :is(.btn, .pt-card, .pt-days a, input:not([type=hidden], [type=checkbox], [type=radio]), label:has(input), summary), header button"
SMALL = "all => all.filter(one => one.checkVisibility() && one.getBoundingClientRect().height < 40).map(one => one.outerHTML)"
HAN = re.compile(r"[\u4e00-\u9fff]+")


def code(number: str = NUMBER) -> str:
    """What stands in the text message."""
    message = OutboxMessage.objects.filter(payload__to=number, key__startswith="number:portal-visit:").latest("pk")
    return str(re.findall(r"\d{6}", message.payload["body"])[0])


def held(phone: Desk, name: str) -> None:
    """The page fits the hand: nothing beyond the right edge, everything to touch at least 40 px high."""
    look(phone, name)
    fits(phone)
    assert phone.page.locator(TOUCHED).evaluate_all(SMALL) == []


def english(phone: Desk, *names: str) -> None:
    """No Chinese but the names of people."""
    assert set(HAN.findall(phone.page.locator("main").inner_text())) <= set(names)


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
    held(phone, "1-door")
    page.get_by_role("textbox", name="手机号").fill("100 0000 0921")
    page.get_by_role("button", name="获取验证码").click()
    phone.sees("100 **** 0921")
    held(phone, "2-code")
    page.get_by_role("textbox", name="验证码").fill(for_good(code))
    page.get_by_role("button", name="进入").click()
    phone.sees("现在没有约好的时间。")

    for choice in ("预约", "初诊", "北京朝阳中心", "何示宁"):
        held(phone, f"3-{choice}")
        page.get_by_role("link", name=re.compile(f"^{choice}")).first.click()
    held(phone, "4-time")
    page.get_by_role("link", name=re.compile("24.*余")).click()
    page.get_by_role("link", name="10:00").click()
    phone.sees("2026-11-24 星期二 10:00")
    page.get_by_role("textbox", name="姓名").fill("白示安")
    page.get_by_role("radio", name="男").check()
    held(phone, "5-confirm")
    page.get_by_label("我看过隐私说明，同意").check()
    page.get_by_label("以上事项和时间没有错").check()
    page.get_by_role("button", name="提交预约申请").click()
    phone.sees("申请已收到")
    phone.sees("今天 11:00")
    held(phone, "6-next")

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
    held(phone, "9-mine")
    page.get_by_role("link", name=re.compile("明天 10:00")).click()
    held(phone, "10-appointment")
    page.get_by_text("取消预约").click()
    page.get_by_role("button", name="取消这个预约").click()
    phone.sees("已取消")
    page.get_by_role("button", name="退出").click()
    expect(page.get_by_role("textbox", name="手机号")).to_be_visible()
    phone.close()


@pytest.mark.req("APT-004")
@pytest.mark.req("APT-007", part="change and cancel")
def test_a_known_customer_moves_and_cancels_a_visit_in_english(story: Story, browser: Browser, site: str) -> None:
    """Nothing personal before the code; then the visit, another time asked for and agreed on, and the visit given back."""
    story.begins("白示宁")
    cast, customer, monday = story.cast, story.walk.customer, on(11, 23, 9)
    number = for_good(lambda: str(customer.contacts.get(kind="phone").value))
    visit = for_good(lambda: actions.book(customer=customer, doctor=cast.doctor, node=cast.bj, start=on(11, 26, 9), type="revisit", by=cast.manager, at=monday))  # fmt: skip
    phone = Desk(browser, site, monday, PHONE)
    page = phone.page
    phone.open(f"/portal/appointments/{visit.pk}/")
    page.get_by_role("button", name="English").click()
    held(phone, "en-1-door")
    page.get_by_role("textbox").fill(number)
    page.get_by_role("button", name="Get a code").click()
    held(phone, "en-2-code")
    before = page.content()
    assert number not in before and "白" not in before and "2026-11-26" not in before
    page.get_by_role("textbox").fill(for_good(lambda: code(number)))
    page.get_by_role("button", name="Go in").click()
    phone.sees("2026-11-26 Thursday 09:00")
    held(phone, "en-3-visit")
    english(phone, "何示宁")

    page.get_by_role("link", name="Ask for another time").click()
    held(phone, "en-4-times")
    english(phone, "何示宁")
    page.get_by_role("navigation", name="Date").get_by_role("link", name="11/27").click()
    page.get_by_role("link", name="11:00").click()
    page.get_by_role("checkbox").last.check()
    if page.get_by_role("checkbox").count() > 1:
        page.get_by_role("checkbox").first.check()
    held(phone, "en-5-confirm")
    page.get_by_role("button", name="Ask for this time").click()
    phone.sees("11:00")
    held(phone, "en-6-next")
    english(phone, "何示宁")
    asked = for_good(lambda: AppointmentRequest.objects.get(about=visit))
    for_good(lambda: actions.accept(request=asked, doctor=cast.doctor, start=on(11, 27, 11), read_back=True, by=cast.manager, at=on(11, 23, 9, 30)))  # fmt: skip

    phone.at(on(11, 23, 10))
    phone.open(f"/portal/appointments/{visit.pk}/")
    phone.sees("2026-11-27 Friday 11:00")
    page.locator("summary", has_text="Cancel").click()
    page.get_by_role("button", name="Cancel this booking").click()
    phone.sees("Cancelled")
    held(phone, "en-7-cancelled")
    phone.open("/portal/mine/")
    held(phone, "en-8-mine")
    english(phone, "何示宁", "白示宁")
    assert for_good(lambda: Appointment.objects.get(pk=visit.pk).status) == "cancelled"
    phone.close()
