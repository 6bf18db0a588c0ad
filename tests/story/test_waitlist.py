"""Nothing suits, so a customer waits; another cancels, and the telephone takes the time (APT-004, APT-013)."""

import re
from datetime import time

import pytest
from playwright.sync_api import Browser
from tests.story.telling import Story, for_good, on

from kefu.appointments import actions
from kefu.appointments.models import Appointment, WaitlistEntry
from kefu.customers.models import ContactPoint
from kefu.foundation.jobs.testing import run_pending
from kefu.foundation.outbox.models import OutboxMessage
from kefu.testing.browser import PHONE, Desk

pytestmark = pytest.mark.django_db
DAY = on(12, 9, 9)


def code(number: str) -> str:
    """What stands in the text message."""
    message = OutboxMessage.objects.filter(payload__to=number, key__startswith="number:portal-visit:").latest("pk")
    return str(re.findall(r"\d{6}", message.payload["body"])[0])


@pytest.mark.req("APT-004")
@pytest.mark.req("APT-013", part="alternatives")
def test_a_customer_on_the_waitlist_takes_on_the_telephone_what_another_gave_back(
    story: Story, browser: Browser, site: str
) -> None:
    cast = story.cast
    story.begins("满示早")
    taken = for_good(
        lambda: actions.book(customer=story.walk.customer, doctor=cast.doctor2, node=cast.bj, start=DAY, type="first_visit", by=cast.manager, at=cast.at)
    )  # fmt: skip
    for_good(
        lambda: actions.take_leave(
            doctor=cast.doctor2, node=cast.bj, first=DAY.date(), last=DAY.date(), opens=time(9, 30), closes=time(12), reason="培训", by=cast.director, at=cast.at
        )
    )  # fmt: skip
    story.begins("候示远")
    customer = story.walk.customer
    number = for_good(lambda: ContactPoint.objects.get(customer=customer, kind="phone").value)

    # On the telephone the manager finds nothing on the day wanted; one click puts the customer on the list.
    manager = story.at(cast.manager, on(11, 23, 10))
    manager.open(
        f"/customers/{customer.pk}/appointments/new/?node={cast.bj.pk}&doctor={cast.doctor2.pk}&type=first_visit&first=2026-12-09&last=2026-12-09"
    )
    manager.sees("这样找没有空档")
    manager.press("候补")
    manager.hears("已候补")
    manager.sees("还没有合适的空位")
    manager.open("/appointments/waitlist/")
    manager.sees("候示远")

    # The other customer calls and cancels.
    manager.open(f"/appointments/{taken.pk}/")
    manager.page.get_by_text("取消预约", exact=True).first.click()
    manager.page.get_by_role("textbox", name="客户怎么说").fill("孩子生病，下周再约")
    manager.press("取消预约")
    manager.hears("预约已取消")
    for_good(lambda: run_pending(on(11, 23, 10, 30)))
    manager.at(on(11, 23, 10, 31))
    manager.open("/appointments/waitlist/")
    manager.sees("有空位，等答复")

    # The customer reads the message, comes in by the code and takes the time.
    phone = Desk(browser, site, on(11, 23, 11), PHONE)
    phone.open("/portal/")
    phone.page.get_by_role("textbox", name="手机号").fill(number)
    phone.page.get_by_role("button", name="获取验证码").click()
    phone.page.get_by_role("textbox", name="验证码").fill(for_good(lambda: code(number)))
    phone.page.get_by_role("button", name="进入").click()
    phone.page.get_by_role("link", name=re.compile("有空位，等答复")).click()
    phone.sees("2026-12-09 星期三 09:00")
    phone.page.get_by_label("以上事项和时间没有错").check()
    phone.page.get_by_role("button", name="就约这个时间").click()
    phone.sees("2026-12-09 星期三 09:00–09:30")
    made = for_good(lambda: Appointment.objects.get(customer=customer))
    entry = for_good(lambda: WaitlistEntry.objects.get(customer=customer))
    assert (made.doctor_id, made.start, made.status) == (cast.doctor2.pk, DAY, "booked")
    assert (entry.state, entry.appointment_id) == ("booked", made.pk)
    phone.close()
    manager.open(f"/appointments/waitlist/{entry.pk}/")
    manager.sees("已约上")
