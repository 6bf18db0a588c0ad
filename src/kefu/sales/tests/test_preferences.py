"""What customers like: on their page, and summed up for a product so that others can be advised."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kefu.customers.actions import merge_customers
from kefu.kernel.errors import Invalid, OutOfScope
from kefu.organisation.models import User
from kefu.products.models import Product
from kefu.sales.actions import note_preference
from kefu.sales.models import Preference
from kefu.sales.preferring import liked
from kefu.testing.cast import Cast
from kefu.testing.stories import customer_of, stocked_centre

Login = Callable[[User], Client]
DAY = date(2026, 11, 20)


@pytest.fixture
def oil(cast: Cast) -> Product:
    stocked_centre(cast)
    return Product.objects.get(code="N-014")


@pytest.mark.req("CUS-032", part="preferences")
def test_what_a_customer_likes_is_noted_shown_and_no_longer_holds(cast: Cast, oil: Product, login: Login) -> None:
    customer, manager = customer_of(cast), login(cast.manager)
    url = f"/customers/{customer.pk}/preferences/"
    given = {"kind": "size", "value": "小瓶装", "product": oil.pk, "learnt_on": "2026-11-20", "note": "出差带着方便"}
    assert manager.post(url, given).url == f"/customers/{customer.pk}/tabs/preferences/"
    manager.post(url, given)
    manager.post(url, {"kind": "colour", "value": "浅蓝", "learnt_on": "2026-11-23"})
    kept = [(one.kind, one.value, one.product, one.learnt_on, one.by) for one in Preference.objects.order_by("pk")]
    assert kept == [
        ("size", "小瓶装", oil, DAY, cast.manager),
        ("colour", "浅蓝", None, date(2026, 11, 23), cast.manager),
    ]
    page = manager.get(f"/customers/{customer.pk}/tabs/preferences/").content.decode()
    assert "小瓶装" in page and "出差带着方便" in page and "浅蓝" in page and oil.label in page
    late = manager.post(url, given | {"value": "大瓶装", "learnt_on": "2026-11-24"})
    assert (late.status_code, "日期不能晚于今天。" in late.content.decode()) == (422, True)
    manager.post(f"{url}{Preference.objects.get(kind='colour').pk}/ending/")
    assert "浅蓝" not in manager.get(f"/customers/{customer.pk}/tabs/preferences/").content.decode()
    assert Preference.objects.get(kind="colour").ended_at == cast.at


@pytest.mark.req("CUS-032", part="preferences")
def test_a_product_sums_up_what_is_liked_by_number_and_names_nobody(cast: Cast, oil: Product, login: Login) -> None:
    people = [
        customer_of(cast, name, phone)
        for name, phone in (("白示安", "10000000051"), ("白示宁", "10000000052"), ("白示和", "10000000053"))
    ]
    for person, value in zip(people, ("小瓶装", "小瓶装", "大瓶装"), strict=True):
        note_preference(
            customer=person, kind="size", value=value, product=oil, learnt_on=DAY, by=cast.manager, at=cast.at
        )
    note_preference(customer=people[0], kind="size", value="不限产品的", learnt_on=DAY, by=cast.manager, at=cast.at)
    response = login(cast.doctor2).get(f"/products/{oil.code}/")
    [panel] = response.context["panels"]
    assert [(row["value"], row["customers"]) for row in panel["liked"]] == [("小瓶装", 2)]
    page = response.content.decode()
    assert "小瓶装" in page and "白示" not in page and "不限产品的" not in page
    assert "大瓶装" not in page  # one person's own words are not for everybody


def test_the_summary_of_a_product_stays_short_however_much_is_liked(cast: Cast, oil: Product) -> None:
    people = [customer_of(cast, "白示安", "10000000051"), customer_of(cast, "白示宁", "10000000052")]
    for number in range(25):
        for person in people:
            note_preference(customer=person, kind="taste", value=f"口味{number:02}", product=oil, learnt_on=DAY, by=cast.manager, at=cast.at)  # fmt: skip
    with CaptureQueriesContext(connection) as asked:
        shown = liked(cast.doctor2, oil, cast.at)["liked"]
    assert [row["value"] for row in shown] == [f"口味{number:02}" for number in range(20)]
    assert "LIMIT 20" in asked[0]["sql"]


def test_another_centre_notes_nothing_and_nonsense_is_refused(cast: Cast, oil: Product, login: Login) -> None:
    customer = customer_of(cast)
    assert login(cast.sh_manager).post(f"/customers/{customer.pk}/preferences/", {}).status_code == 404
    with pytest.raises(OutOfScope):
        note_preference(customer=customer, kind="size", value="小", learnt_on=DAY, by=cast.sh_manager, at=cast.at)
    with pytest.raises(Invalid) as refusal:
        note_preference(
            customer=customer, kind="scent", value=" ", learnt_on=DAY + timedelta(days=9), by=cast.manager, at=cast.at
        )
    assert [error.field for error in refusal.value.errors] == ["kind", "value", "learnt_on"]
    assert not Preference.objects.exists()


def test_a_merge_keeps_both_likings_and_what_both_like_once(cast: Cast, oil: Product) -> None:
    stays, goes = customer_of(cast, "白示安", "10000000051"), customer_of(cast, "白示安", "10000000052")
    for person, value in ((stays, "小瓶装"), (goes, "小瓶装"), (goes, "无糖")):
        note_preference(
            customer=person, kind="size", value=value, product=oil, learnt_on=DAY, by=cast.manager, at=cast.at
        )
    merge_customers(survivor=stays, merged=goes, reason="同一个人", choices={}, by=cast.director, at=cast.at)
    held = Preference.objects.filter(customer=stays, ended_at=None).values_list("value", flat=True)
    assert sorted(held) == ["小瓶装", "无糖"]
    assert Preference.objects.filter(customer=goes).count() == 0
