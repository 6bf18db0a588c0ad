"""The pages of a purchase as the people whose job it is see them."""

from collections.abc import Callable

import pytest
from django.test import Client

from kefu.customers.actions import update_archive
from kefu.foundation.worktime.content import load_calendars
from kefu.organisation.models import User
from kefu.products.models import Product
from kefu.sales.models import Purchase
from kefu.testing.cast import Cast
from kefu.testing.stories import customer_of, stocked_centre

Login = Callable[[User], Client]


def test_a_purchase_on_screen_from_advice_to_dispatch(cast: Cast, login: Login) -> None:
    load_calendars(by=None, at=cast.at)
    stocked_centre(cast)
    customer = customer_of(cast)
    oil = Product.objects.get(code="N-014")
    doctor, manager = login(cast.doctor), login(cast.manager)
    new = f"/customers/{customer.pk}/purchases/new/"
    assert "开具产品建议" in doctor.get(new).content.decode()
    answer = doctor.post(new, {f"intake_{oil.pk}": "2"})
    purchase = Purchase.objects.get()
    assert answer.url == f"/purchases/{purchase.pk}/"
    assert manager.get(f"/customers/{customer.pk}/purchases/next/").url == f"/purchases/{purchase.pk}/"
    steps = [("quantities", {f"quantity_{oil.pk}": "3"}), ("signature", {}), ("dispatch", {"mode": "handed"})]
    for step, data in steps:
        assert manager.post(f"/purchases/{purchase.pk}/{step}/", data).status_code == 302
        assert purchase.number in manager.get(f"/purchases/{purchase.pk}/").content.decode()
    page = manager.get(f"/purchases/{purchase.pk}/").content.decode()
    assert "产品已发货" in page and "DA26031" in page
    assert purchase.number in manager.get("/purchases/?state=dispatched").content.decode()


def test_shortage_is_said_on_the_page_and_nothing_leaves(cast: Cast, login: Login) -> None:
    load_calendars(by=None, at=cast.at)
    stocked_centre(cast)
    customer = customer_of(cast)
    oil = Product.objects.get(code="N-014")
    login(cast.doctor).post(f"/customers/{customer.pk}/purchases/new/", {f"intake_{oil.pk}": "2"})
    purchase = Purchase.objects.get()
    manager = login(cast.manager)
    manager.post(f"/purchases/{purchase.pk}/quantities/", {f"quantity_{oil.pk}": "999"})
    manager.post(f"/purchases/{purchase.pk}/signature/", {})
    answer = manager.post(f"/purchases/{purchase.pk}/dispatch/", {"mode": "handed"})
    assert answer.status_code == 409
    purchase.refresh_from_db()
    assert purchase.state == "signed"


@pytest.mark.req("SEC-001", part="lists and details")
def test_another_centre_and_another_role_get_nothing(cast: Cast, login: Login) -> None:
    load_calendars(by=None, at=cast.at)
    stocked_centre(cast)
    customer = customer_of(cast)
    oil = Product.objects.get(code="N-014")
    login(cast.doctor).post(f"/customers/{customer.pk}/purchases/new/", {f"intake_{oil.pk}": "2"})
    purchase = Purchase.objects.get()
    assert login(cast.sh_manager).get(f"/purchases/{purchase.pk}/").status_code == 404
    assert login(cast.doctor2).get(f"/purchases/{purchase.pk}/").status_code == 404
    assert login(cast.consulting).get(f"/purchases/{purchase.pk}/").status_code == 403
    assert purchase.number not in login(cast.sh_manager).get("/purchases/").content.decode()
    assert Client().get(f"/purchases/{purchase.pk}/").status_code == 302


@pytest.mark.req("CUS-009", part="purchase history and remarks")
def test_whoever_serves_the_customer_sees_what_was_bought_and_the_remarks(cast: Cast, login: Login) -> None:
    load_calendars(by=None, at=cast.at)
    stocked_centre(cast)
    customer = customer_of(cast)
    update_archive(customer=customer, changes={"remarks": "只喝温水，怕冷"}, by=cast.manager, at=cast.at)
    oil = Product.objects.get(code="N-014")
    login(cast.doctor).post(f"/customers/{customer.pk}/purchases/new/", {f"intake_{oil.pk}": "2"})
    purchase, manager = Purchase.objects.get(), login(cast.manager)
    for step, data in (
        ("quantities", {f"quantity_{oil.pk}": "3"}),
        ("signature", {}),
        ("dispatch", {"mode": "handed"}),
    ):
        manager.post(f"/purchases/{purchase.pk}/{step}/", data)
    for person in (cast.manager, cast.doctor, cast.director):
        page = login(person).get(f"/customers/{customer.pk}/").content.decode()
        assert "只喝温水，怕冷" in page and f"/customers/{customer.pk}/tabs/purchases/" in page, person.name
        bought = login(person).get(f"/customers/{customer.pk}/tabs/purchases/").content.decode()
        assert purchase.number in bought and oil.zh in bought and "产品已发货" in bought, person.name
    for person in (
        cast.service,
        cast.supervisor,
        cast.manager,
    ):  # at the telephone what was bought is read on the timeline
        page = login(person).get(f"/customers/{customer.pk}/").content.decode()
        told = login(person).get(f"/customers/{customer.pk}/tabs/timeline/?kind=purchase").content.decode()
        assert "只喝温水，怕冷" in page and purchase.number in told and oil.zh in told, person.name
    for person in (cast.sh_manager, cast.doctor2):
        assert login(person).get(f"/customers/{customer.pk}/").status_code == 404, person.name
        assert login(person).get(f"/customers/{customer.pk}/tabs/purchases/").status_code == 404, person.name
