"""Booking as it is done all day: how few clicks it takes, the mouse, and the keyboard alone."""

import pytest
from playwright.sync_api import Page, expect
from tests.story.telling import Story, fits, for_good, on, phone

from kefu.appointments import actions
from kefu.appointments.models import Appointment
from kefu.customers.actions import check_identity

pytestmark = pytest.mark.django_db


def counting(page: Page) -> None:
    """Count clicks and keys from here on, over all pages."""
    page.add_init_script(
        "for (const kind of ['click', 'keydown']) addEventListener(kind, (event) => event.isTrusted && sessionStorage.setItem(kind, 1 + +sessionStorage.getItem(kind)), true);"
    )


def counted(page: Page) -> tuple[int, int]:
    """Clicks and keys so far."""
    clicks, keys = page.evaluate("[+sessionStorage.getItem('click'), +sessionStorage.getItem('keydown')]")
    return clicks, keys


@pytest.mark.req("APT-013", part="read back")
def test_a_known_customer_has_the_next_free_slot_after_three_clicks(story: Story) -> None:
    """From the customer's page, on the telephone: 新预约, the tick that it was read back, 预约. No key is pressed."""
    story.begins("韩云舒")
    customer, cast = story.walk.customer, story.cast
    for_good(
        lambda: check_identity(customer=customer, method="callback", result="passed", by=cast.manager, at=on(11, 23, 9))
    )
    manager = story.at(cast.manager, on(11, 23, 9, 30))
    counting(manager.page)
    manager.open(f"/customers/{customer.pk}/")
    manager.page.evaluate("sessionStorage.clear()")
    manager.follow("新预约")
    manager.sees("11月23日 周一 10:00")
    manager.page.get_by_role("checkbox", name="已把事项和时间读给客户听").check()
    manager.press("预约")
    manager.hears("已预约")
    assert counted(manager.page) == (3, 0)
    manager.sees("事项和时间已读给客户听，客户确认")
    with phone(manager):
        manager.open(f"/customers/{customer.pk}/appointments/new/")
        fits(manager)


def test_a_booking_is_dragged_to_another_slot_and_read_back_first(story: Story) -> None:
    story.begins("陆映川")
    cast, customer = story.cast, story.walk.customer
    row = for_good(lambda: actions.book(customer=customer, doctor=cast.doctor, node=cast.bj, start=on(11, 30, 9), type="first_visit", by=cast.manager, at=story.walk.at))  # fmt: skip
    manager = story.at(cast.manager)
    manager.open("/appointments/?day=2026-11-30")
    block = manager.page.locator(".cal-one", has_text="陆映川")
    block.drag_to(manager.page.get_by_role("link", name="11:00 何示宁 空档，新预约"))
    dialog = manager.page.get_by_role("dialog", name="改约")
    expect(dialog).to_contain_text("11月30日 周一 11:00")
    dialog.get_by_role("button", name="改到这个时间").click()
    expect(dialog).to_contain_text("还没保存")  # not read back yet
    dialog.get_by_role("checkbox", name="已把新的时间读给客户听").check()
    dialog.get_by_role("button", name="改到这个时间").click()
    manager.hears("已改约")
    expect(manager.page.locator(".cal-one", has_text="陆映川")).to_contain_text("11:00–11:30")
    assert for_good(lambda: Appointment.objects.get(pk=row.pk).start) == on(11, 30, 11)


def test_the_timetable_is_walked_by_keys_alone_and_stays_up_to_date(story: Story) -> None:
    story.begins("苏晚晴")
    cast, customer = story.cast, story.walk.customer
    manager = story.at(cast.manager)
    manager.open("/appointments/?day=2026-12-01")
    manager.page.get_by_role("link", name="09:00 何示宁 空档，新预约").focus()
    for key, name in (
        ("ArrowDown", "09:30 何示宁 空档，新预约"),
        ("ArrowRight", "09:30 何示和 空档，新预约"),
        ("ArrowUp", "09:00 何示和 空档，新预约"),
    ):
        manager.page.keyboard.press(key)
        expect(manager.page.get_by_role("link", name=name)).to_be_focused()
    for_good(lambda: actions.book(customer=customer, doctor=cast.doctor, node=cast.bj, start=on(12, 1, 9), type="first_visit", by=cast.service, at=story.walk.at))  # fmt: skip
    expect(manager.page.locator(".cal-one", has_text="苏晚晴")).to_be_visible()
    manager.page.get_by_role("link", name="09:30 何示宁 空档，新预约").focus()
    manager.page.keyboard.press("PageDown")
    manager.sees("12月2日 周三")
    with phone(manager):
        manager.open("/appointments/?day=2026-12-01")
        fits(manager)
        manager.sees("苏晚晴")
