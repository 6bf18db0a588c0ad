"""The doctor's own day: who comes next, a centre's appointments as far as a doctor's rights go, leave, and the calendar in the pocket."""

import urllib.error
import urllib.request
from datetime import timedelta

import pytest
import vobject
from playwright.sync_api import expect
from tests.story.telling import Story, fits, for_good, on, phone

from kefu.appointments import actions
from kefu.appointments.choices import AppointmentStatus
from kefu.appointments.models import Appointment, Renegotiation, ScheduleException

pytestmark = pytest.mark.django_db


def booked(story: Story, name: str, *, day: int, hour: int) -> Appointment:
    """Somebody with a booking at the doctor, taken by the health manager on the Monday morning."""
    story.begins(name)
    cast, customer = story.cast, story.walk.customer
    return for_good(lambda: actions.book(customer=customer, doctor=cast.doctor, node=cast.bj, start=on(11, day, hour), type="revisit", by=cast.manager, at=cast.at))  # fmt: skip


def calendar(address: str) -> list[vobject.base.Component]:
    """What a calendar program that knows nothing but the address finds in it."""
    with urllib.request.urlopen(address) as answer:
        return list(vobject.readOne(answer.read().decode()).contents.get("vevent", []))


@pytest.mark.req("APT-005")
@pytest.mark.req("APT-017")
def test_a_doctor_sees_who_comes_next_and_says_who_has_come(story: Story) -> None:
    """One's own day and week, the next customer first; a doctor says who has come, and neither moves nor cancels."""
    later, first = booked(story, "白示远", day=23, hour=11), booked(story, "白示安", day=23, hour=10)
    booked(story, "白示清", day=24, hour=9)
    doctor = story.at(story.cast.doctor, on(11, 23, 9, 40))
    doctor.open("/")
    doctor.sees("白示安")
    doctor.open("/appointments/mine/")
    rows = doctor.page.get_by_role("region", name="今天").get_by_role("listitem")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("10:00–10:30")
    expect(rows.first).to_contain_text("白示安")
    expect(rows.first).to_contain_text("还有 20 分")
    expect(doctor.page.get_by_role("region", name="明天")).to_contain_text("白示清")
    with phone(doctor):
        fits(doctor)
    doctor.open(f"/appointments/week/?day=2026-11-23&doctor={story.cast.doctor.pk}")
    expect(doctor.page.locator(".cal-one")).to_have_count(3)

    doctor.open("/appointments/mine/")
    rows.first.get_by_role("link", name="看预约").click()
    for verb in ("换个时间", "取消预约"):
        expect(doctor.page.get_by_text(verb, exact=True)).to_have_count(0)
    assert doctor.open(f"/appointments/{first.pk}/time/") == 403
    doctor.open(f"/appointments/{first.pk}/")
    doctor.press("登记到达")
    doctor.hears("已登记")
    doctor.press("已办完")
    doctor.hears("已登记")
    assert for_good(lambda: Appointment.objects.get(pk=first.pk).status) == AppointmentStatus.COMPLETED
    assert for_good(lambda: Appointment.objects.get(pk=later.pk).status) == AppointmentStatus.BOOKED


@pytest.mark.req("APT-019")
def test_a_doctor_enters_leave_and_says_what_becomes_of_each_booking(story: Story) -> None:
    """Nothing is saved before each booking has a decision; what the doctor leaves open the health manager agrees on by telephone."""
    one, two = booked(story, "白示明", day=26, hour=9), booked(story, "白示和", day=26, hour=10)
    doctor = story.at(story.cast.doctor, on(11, 23, 12))
    doctor.open("/appointments/schedule/")
    doctor.follow("登记请假")
    doctor.fill("第一天*", "2026-11-26")
    doctor.fill("最后一天*", "2026-11-26")
    doctor.fill("原因*", "外出学习")
    doctor.press("登记")
    doctor.sees("这样改会碰到 2 个预约")
    doctor.choose("白示明 的预约", "照旧，已和医生、客户说好")
    doctor.press("登记")
    doctor.sees("请说明这一个怎么办")
    assert not for_good(lambda: ScheduleException.objects.filter(day=on(11, 26, 0).date()).exists())
    doctor.choose("白示和 的预约", "稍后商定")
    with phone(doctor):
        fits(doctor)
    doctor.press("登记")
    doctor.hears("请假已登记")

    manager = story.at(story.cast.manager, on(11, 23, 13))
    manager.open("/appointments/renegotiations/")
    row = manager.page.get_by_role("listitem").filter(has_text="白示和")
    expect(row).to_contain_text("外出学习")
    expect(manager.page.get_by_role("listitem").filter(has_text="白示明")).to_have_count(0)
    row.get_by_role("combobox").select_option(index=1)
    row.get_by_role("button", name="定下来").click()
    manager.hears("已商定")
    assert not for_good(lambda: Renegotiation.objects.filter(outcome="open").exists())
    kept, moved = for_good(lambda: list(Appointment.objects.filter(pk__in=[one.pk, two.pk]).order_by("pk")))
    assert (kept.start, moved.status) == (on(11, 26, 9), AppointmentStatus.BOOKED)
    assert moved.start != on(11, 26, 10)


@pytest.mark.req("APT-005")
def test_a_doctor_carries_the_calendar_along_and_calls_its_address_back(story: Story) -> None:
    """The address is shown once; a program that knows it reads time and surname, and nothing once it is called back."""
    row = booked(story, "白示文", day=30, hour=11)
    doctor = story.at(story.cast.doctor, on(11, 23, 14))
    doctor.open("/appointments/calendars/")
    doctor.press("生成地址")
    address = doctor.page.get_by_role("textbox", name="订阅地址").input_value()
    (event,) = [one for one in calendar(address) if one.dtstart.value == row.start]
    assert (event.summary.value, event.dtend.value) == ("复诊 · 白女士", row.start + timedelta(minutes=30))
    doctor.press("作废")
    doctor.hears("这个地址已作废")
    with pytest.raises(urllib.error.HTTPError, match="404"):
        calendar(address)
