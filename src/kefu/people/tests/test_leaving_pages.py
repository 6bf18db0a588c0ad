"""Leaving on screen: personnel arranges, a director decides, colleagues accept."""

from datetime import timedelta

import pytest

from kefu.foundation.assignments.models import Assignment
from kefu.people import actions
from kefu.people.models import Departure, WorkHandover
from kefu.testing.stories import customer_of


def leaves(cast, user, *, days: int = 7) -> Departure:
    return actions.open_departure(
        user=user, reason="career", last_day=cast.at.date() + timedelta(days=days), by=cast.admin, at=cast.at
    )


@pytest.mark.req("ORG-016")
def test_the_wizard_on_screen_goes_on_where_it_stopped(cast, login):
    customer = customer_of(cast, "白示安", "10000000711")
    keeper, director = login(cast.admin), login(cast.director)
    form = {"user": cast.manager.pk, "reason": "", "last_day": "2026-11-30", "note": ""}
    assert keeper.post("/departures/new/", form).status_code == 422
    assert keeper.post("/departures/new/", form | {"reason": "pay"}).status_code == 302
    departure = Departure.objects.get()
    address = f"/departures/{departure.pk}/"
    assert "何示文" in keeper.get("/departures/").content.decode()
    shown = director.get(address).content.decode()
    assert "白示安" in shown and "何示清" in shown and "共用账号和密码已更换" in shown
    assert login(cast.guide).get(address).status_code == 403

    ask = {"code": "customers.manager", "ids": [customer.pk], "takers": [cast.manager2.pk], "way": "ask"}
    keeper.post(f"{address}handovers/", ask)
    assert "等何示清答复：1 项" in keeper.get(address).content.decode()
    offer = Assignment.objects.get()
    page = login(cast.manager2)
    assert "客户（健康管理师）" in page.get("/handovers/").content.decode()
    page.post(f"/handovers/{offer.pk}/answer/", {"answer": "accept"})
    customer.refresh_from_db()
    assert customer.health_manager == cast.manager2
    assert "手上没有要移交的事了" in keeper.get(address).content.decode()

    for task in departure.tasks.all():
        assert keeper.post(f"{address}tasks/{task.pk}/").status_code == 302
    keeper.post(f"{address}tasks/{departure.tasks.first().pk}/", {"undo": "1"})
    assert departure.tasks.filter(done_on__isnull=True).count() == 1
    keeper.post(f"{address}closing/")
    cast.manager.refresh_from_db()
    assert cast.manager.is_active  # not before the last day
    change = {"reason": "career", "last_day": "2026-11-23", "note": ""}
    assert keeper.post(address, change).status_code == 302
    keeper.post(f"{address}closing/")
    cast.manager.refresh_from_db()
    assert not cast.manager.is_active
    keeper.post(f"{address}tasks/{departure.tasks.first().pk}/")
    assert "何示文" in keeper.get("/departures/?done=1").content.decode()
    assert "个人发展" in keeper.get("/departures/statistics/").content.decode()
    assert keeper.get("/departures/statistics/?first=abc").status_code == 422


def test_who_may_not_see_the_customers_hands_them_over_unseen(cast, login):
    """Personnel keeps the register and reads no archives: how many there are is enough to share them out."""
    customers = [customer_of(cast, f"白示{name}", f"1000000072{place}") for place, name in enumerate("安宁")]
    departure = leaves(cast, cast.manager)
    page, address = login(cast.admin), f"/departures/{departure.pk}/"
    shown = page.get(address).content.decode()
    assert "白示安" not in shown and "2 项，您看不到内容" in shown
    page.post(
        f"{address}handovers/", {"code": "customers.manager", "unseen": "1", "takers": [cast.manager2.pk], "way": "ask"}
    )
    assert WorkHandover.objects.get().ids == [customer.pk for customer in customers]


def test_waiver_and_direct_hand_over_on_screen(cast, login):
    customer = customer_of(cast, "白示安", "10000000711")
    departure = leaves(cast, cast.manager, days=0)
    page, address = login(cast.director), f"/departures/{departure.pk}/"
    assert "没交完也关闭" in page.get(address).content.decode()
    assert page.post(f"{address}waiver/", {"reason": "本人失联"}).status_code == 302
    assert "何示安 2026-11-23 放行：本人失联" in page.get(address).content.decode()
    given = {"code": "customers.manager", "ids": [customer.pk], "takers": [cast.manager2.pk], "way": "direct"}
    assert "已移交 1 项。" in page.post(f"{address}handovers/", given, follow=True).content.decode()
    assert page.post(f"{address}cancellation/", {"reason": "…"}).status_code == 403
    assert login(cast.admin).post(f"{address}cancellation/", {"reason": "不走了"}).status_code == 302
    departure.refresh_from_db()
    assert departure.cancelled_reason == "不走了"
