"""A house adds a type of visit: it gets hours, is booked at the desk and asked for online, is counted, and is retired."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

import pytest
from django.test import Client
from django.utils.translation import override

from kefu.appointments import actions
from kefu.appointments.choices import Grouping
from kefu.appointments.models import Appointment, AppointmentRequest, VisitType
from kefu.appointments.queries import free_slots
from kefu.appointments.queries.statistics import Asked, statistics
from kefu.customers.models import TimelineLine
from kefu.foundation.audit.models import AuditEntry
from kefu.kernel.errors import Invalid, Refused
from kefu.organisation.models import User
from kefu.portal.tests.visiting import browser, enter, set_up, words
from kefu.testing.cast import SHANGHAI, Cast

pytestmark = pytest.mark.django_db
WEDNESDAY = date(2026, 11, 25)
NINE = datetime(2026, 11, 25, 9, 0, tzinfo=SHANGHAI)
HALF = timedelta(minutes=30)
GIVEN = {"code": "photo_shoot", "zh": "拍证件照", "en": "Photo shoot", "position": "40", "online": "on"}
Login = Callable[[User], Client]


@pytest.fixture(autouse=True)
def story_time(settings: object) -> None:
    settings.TEST_CLOCK = True  # type: ignore[attr-defined]


def ask_online(client: Client, start: datetime) -> object:
    chosen = {"item": "photo_shoot", "node": "BJ", "doctor": "2002", "start": start.isoformat()}
    return client.post("/portal/booking/confirmation/", {"agreed": "on", "read_back": "on"}, query_params=chosen)


@pytest.mark.req("APT-015")
def test_a_new_type_is_configured_gets_hours_is_booked_counted_and_retired(cast: Cast, login: Login) -> None:
    customer = set_up(cast)
    admin, desk, mine = login(cast.admin), login(cast.manager), enter(browser())
    assert admin.post("/appointments/types/new/", GIVEN).status_code == 302
    page = words(admin.get("/appointments/types/"))
    assert all(word in page for word in ("拍证件照", "Photo shoot", "photo_shoot", "初诊", "Re-visit"))

    hours = actions.add_hours(
        doctor=cast.doctor, node=cast.bj, weekday=2, opens=time(9), closes=time(11), slot_minutes=30, types=["photo_shoot"],
        valid_from=date(2026, 1, 1), by=cast.director, at=cast.at,
    )  # fmt: skip
    assert "拍证件照" in words(login(cast.director).get("/appointments/schedule/?day=2026-11-25"))
    assert len(free_slots(cast.doctor, cast.bj, WEDNESDAY, cast.at, "photo_shoot")) == 4
    assert not free_slots(cast.doctor, cast.bj, WEDNESDAY, cast.at, "first_visit")

    address = f"/customers/{customer.pk}/appointments/new/?node={cast.bj.pk}&doctor={cast.doctor.pk}&start=2026-11-25T09%3A00%3A00%2B08%3A00"
    assert "拍证件照" in words(desk.get(address))
    told = {"type": "photo_shoot", "channel": "phone", "method": "personal_data", "read_back": "on"}
    assert desk.post(address, told).status_code == 302
    booked = Appointment.objects.get()
    assert (booked.type_id, booked.start) == ("photo_shoot", NINE)
    line = TimelineLine.objects.filter(customer=customer, kind="appointment").latest("pk")
    assert "拍证件照" in str(line.item)
    with override("en"):
        assert "Photo shoot" in str(line.item)

    assert "拍证件照" in words(mine.get("/portal/booking/"))
    assert "09:30" in words(mine.get("/portal/booking/?item=photo_shoot&node=BJ&doctor=2002&day=2026-11-25"))
    assert ask_online(mine, NINE + HALF).status_code == 302  # type: ignore[attr-defined]
    asked = AppointmentRequest.objects.get()
    assert "拍证件照" in words(mine.get(f"/portal/requests/{asked.pk}/"))
    with pytest.raises(Refused, match="出诊时间"):
        actions.retire_type(type=booked.type, by=cast.admin, at=cast.at)
    actions.end_hours(hours=hours, last_day=WEDNESDAY, reason="只拍一天", by=cast.director, at=cast.at)
    next_day = datetime(2026, 11, 26, 9, 0, tzinfo=SHANGHAI)
    with pytest.raises(Refused, match="申请"):
        actions.retire_type(type=booked.type, by=cast.admin, at=next_day)
    second = actions.accept(request=asked, doctor=cast.doctor, start=NINE + HALF, read_back=True, by=cast.manager, at=cast.at)  # fmt: skip

    def lines() -> dict[str, tuple[str, int]]:
        found = statistics(cast.director, Asked(WEDNESDAY, WEDNESDAY + timedelta(days=1)), Grouping.TYPE)
        return {one.key: (one.label, one.figures.booked) for one in found.groups}

    assert lines() == {"photo_shoot": ("拍证件照", 2)}
    later = {"X-Kefu-At": next_day.isoformat()}
    assert admin.post("/appointments/types/photo_shoot/retirement/", headers=later).status_code == 302
    assert not VisitType.objects.get(code="photo_shoot").active
    assert 'value="photo_shoot"' not in words(desk.get(address))
    assert "拍证件照" not in words(mine.get("/portal/booking/"))
    with pytest.raises(Invalid, match="已停用"):
        actions.book(customer=customer, doctor=cast.doctor, node=cast.bj, type="photo_shoot", start=NINE + 2 * HALF, by=cast.manager, at=cast.at)  # fmt: skip
    assert "拍证件照" in words(desk.get(f"/appointments/{booked.pk}/"))
    assert "拍证件照" in words(mine.get(f"/portal/appointments/{second.pk}/"))
    assert lines() == {"photo_shoot": ("拍证件照", 2)}
    moved = actions.move(appointment=second, start=NINE + 3 * HALF, by=cast.manager, at=cast.at)
    assert moved.type_id == "photo_shoot"
    verbs = AuditEntry.objects.filter(subject_kind="appointments.type").order_by("pk").values_list("code", flat=True)
    assert list(verbs) == ["appointments.type.added", "appointments.type.retired"]
