"""A cancellation: the reason is kept by its code, the place is free at once, doctor and centre hear of it in advance (APT-008)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils.translation import override

from kefu.appointments import actions
from kefu.appointments.cancel_reasons import offered_reasons, reasons
from kefu.appointments.models import Appointment, Cancellation
from kefu.appointments.queries import free_slots
from kefu.appointments.tests.test_booking import NINE, TUESDAY, book, open_clinic
from kefu.customers.actions.deaths import record_death
from kefu.customers.models import Customer
from kefu.foundation.notices.models import Notice
from kefu.kernel.errors import Invalid
from kefu.organisation.models import User
from kefu.testing.cast import Cast
from kefu.testing.stories import customer_of

Login = Callable[[User], Client]


@pytest.fixture
def booked(cast: Cast) -> Appointment:
    open_clinic(cast)
    return book(cast, customer_of(cast))


def bells(user: User) -> list[str]:
    return list(Notice.objects.filter(user=user, code__endswith="booking_cancelled").values_list("text", flat=True))


@pytest.mark.req("APT-008")
def test_doctor_and_centre_hear_at_once_and_the_place_is_free(cast: Cast, booked: Appointment) -> None:
    actions.cancel(appointment=booked, code="time", by=cast.service, at=NINE - timedelta(hours=24))
    assert bells(cast.doctor) == ["沈知夏取消了预约：11-24 09:00 初诊"]
    for manager in (cast.manager, cast.manager2):
        assert bells(manager) == [f"沈知夏取消了预约，时段已放出：11-24 09:00 初诊 {cast.doctor.name}"]
    assert bells(cast.sh_manager) == bells(cast.keeper) == bells(cast.doctor2) == []
    assert free_slots(cast.doctor, cast.bj, TUESDAY, cast.at)[0].start == NINE
    assert Cancellation.objects.get().late is False


@pytest.mark.req("APT-008")
def test_less_than_a_day_ahead_is_flagged_as_late(cast: Cast, booked: Appointment, login: Login) -> None:
    actions.cancel(appointment=booked, code="unwell", by=cast.manager, at=NINE - timedelta(hours=23, minutes=59))
    assert bells(cast.doctor) == ["沈知夏临时取消了预约：11-24 09:00 初诊"]
    assert bells(cast.manager2) == [f"沈知夏临时取消了预约，时段已放出：11-24 09:00 初诊 {cast.doctor.name}"]
    assert bells(cast.manager) == []
    assert Cancellation.objects.get().late is True
    page = login(cast.manager).get(f"/appointments/{booked.pk}/").content.decode()
    assert "客户身体不适" in page
    assert "临时取消" in page


def test_the_list_of_reasons_speaks_both_languages_and_others_need_words(cast: Cast, booked: Appointment) -> None:
    for one in reasons().values():
        assert one.zh
        assert one.en
        assert one.side in ("customer", "house")
    assert "customer_gone" not in {one.code for one in offered_reasons()}
    for wrong, field in (
        ({"code": "other"}, "reason"),
        ({"code": "moon"}, "code"),
        ({"code": "time", "reason": "x" * 201}, "reason"),
    ):
        with pytest.raises(Invalid) as refusal:
            actions.cancel(appointment=booked, by=cast.manager, at=cast.at, **wrong)
        assert refusal.value.errors[0].field == field
    booked.refresh_from_db()
    assert booked.status == "booked"


def test_a_listed_reason_needs_no_words_and_is_read_in_every_language(
    cast: Cast, booked: Appointment, login: Login
) -> None:
    manager = login(cast.manager)
    answer = manager.post(f"/appointments/{booked.pk}/cancellation/", {"code": "", "reason": ""})
    assert answer.status_code == 422
    assert "请写明取消原因" in answer.content.decode()
    manager.post(f"/appointments/{booked.pk}/cancellation/", {"code": "travel", "reason": ""})
    assert Cancellation.objects.get().code == "travel"
    cast.manager.language = "en"
    cast.manager.save()
    with override("en"):
        assert "The customer cannot get here" in login(cast.manager).get(f"/appointments/{booked.pk}/").content.decode()


def test_a_customer_who_died_leaves_the_reason_of_the_house(cast: Cast, booked: Appointment) -> None:
    customer = Customer.objects.get(pk=booked.customer_id)
    record_death(customer=customer, told_by="儿子", by=cast.manager, at=cast.at)
    assert Cancellation.objects.get().code == "customer_gone"
    assert len(bells(cast.doctor)) == 1


def test_a_visit_that_was_due_already_is_not_cancelled_by_a_death_told_later(cast: Cast, booked: Appointment) -> None:
    customer = Customer.objects.get(pk=booked.customer_id)
    record_death(customer=customer, told_by="儿子", by=cast.manager, at=booked.start + timedelta(hours=5))
    booked.refresh_from_db()
    assert (booked.status, Cancellation.objects.count(), len(bells(cast.doctor))) == ("booked", 0, 0)
