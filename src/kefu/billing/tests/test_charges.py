"""A signature makes a charge; the cashier may cancel it, never change it."""

from decimal import Decimal

import pytest

from kefu.billing import actions, queries
from kefu.billing.models import Charge
from kefu.billing.permissions import BillingPermission
from kefu.customers.models import Customer, TimelineLine
from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.audit.trail import Subject
from kefu.foundation.sentences.saying import plain
from kefu.foundation.slots.registry import slots
from kefu.kernel.errors import Forbidden, Invalid, OutOfScope, Refused

D = Decimal
ORDER = Subject("lab.order", 7)


@pytest.fixture
def shen(cast):
    return Customer.objects.create(
        name="沈知夏",
        node=cast.bj,
        doctor=cast.doctor,
        health_manager=cast.manager,
        created_by=cast.manager,
        created_at=cast.at,
    )


def charge(cast, customer, **changes):
    given = {
        "customer": customer,
        "subject": ORDER,
        "amount": D("5350"),
        "item": plain("检测单 JC2600001"),
        "by": cast.manager,
    }
    return actions.record_charge(**given | {"at": cast.at} | changes)


def test_the_first_charge_of_the_year_is_number_one_and_is_spending(cast, shen):
    made = charge(cast, shen)
    assert (made.number, made.amount, made.state) == ("SF2600001", D("5350.00"), "due")
    line = TimelineLine.objects.get(customer=shen)
    assert (line.kind, line.item, line.amount, line.subject_kind, line.subject_id) == (
        "spending", "检测单 JC2600001", D("5350.00"), "lab.order", 7,
    )  # fmt: skip
    row = AuditEntry.objects.get(code="billing.charge.recorded")
    assert (row.customer_id, row.changes["amount"]) == (shen.pk, [None, "5350.00"])
    assert queries.due_charge(ORDER) == made


def test_an_order_is_charged_once_until_the_charge_is_cancelled(cast, shen):
    first = charge(cast, shen)
    with pytest.raises(Refused) as refusal:
        charge(cast, shen)
    assert refusal.value.code == "charged_already"
    actions.cancel_charge(charge=first, reason="加做一项", by=cast.manager, at=cast.at)
    second = charge(cast, shen, amount=D("5825"))
    assert (second.number, queries.total_due(shen)) == ("SF2600002", D("5825.00"))
    assert [one.state for one in queries.charges_of(shen)] == ["due", "cancelled"]
    assert sum(line.amount for line in TimelineLine.objects.filter(customer=shen, kind="spending")) == D("5825.00")


def test_cancelling_needs_a_reason_and_happens_once(cast, shen):
    made = charge(cast, shen)
    with pytest.raises(Invalid):
        actions.cancel_charge(charge=made, reason=" ", by=cast.manager, at=cast.at)
    actions.cancel_charge(charge=made, reason="客户不做了", by=cast.manager, at=cast.at)
    with pytest.raises(Refused):
        actions.cancel_charge(charge=made, reason="再来一次", by=cast.manager, at=cast.at)


def test_the_doctor_and_the_other_centre_cannot_charge(cast, shen):
    with pytest.raises(Forbidden):
        charge(cast, shen, by=cast.doctor)
    with pytest.raises(OutOfScope):
        charge(cast, shen, by=cast.sh_manager)
    with pytest.raises(Invalid):
        charge(cast, shen, amount=D("-1"))
    assert not Charge.objects.exists()
    assert not Charge.objects.visible_to(cast.sh_manager).exists()


def test_the_tab_shows_what_is_due(cast, shen, login, rf):
    charge(cast, shen)
    tab = slots.tabs["charges"]
    assert tab.permission == BillingPermission.CHARGE_VIEW
    request = rf.get("/")
    request.user, request.at = cast.manager, cast.at
    body = tab.render(request, shen).content.decode()
    assert "SF2600001" in body
    assert "¥5,350.00" in body
    assert AuditEntry.objects.filter(code="billing.charges.read", customer_id=shen.pk).count() == 1


def test_the_manager_cancels_on_the_page(cast, shen, login):
    made = charge(cast, shen)
    browser = login(cast.manager)
    assert "检测单 JC2600001" in browser.get(f"/charges/{made.pk}/").content.decode()
    refused = browser.post(f"/charges/{made.pk}/cancellation/", {"reason": ""})
    assert refused.status_code == 422
    done = browser.post(f"/charges/{made.pk}/cancellation/", {"reason": "客户不做了"})
    assert (done.status_code, done.url) == (302, f"/charges/{made.pk}/")
    made.refresh_from_db()
    assert (made.state, made.reason, made.cancelled_by) == ("cancelled", "客户不做了", cast.manager)
    assert browser.post(f"/charges/{made.pk}/cancellation/", {"reason": "再"}).status_code == 409
    assert login(cast.sh_manager).get(f"/charges/{made.pk}/").status_code == 404
    assert login(cast.doctor).get(f"/charges/{made.pk}/").status_code == 403
