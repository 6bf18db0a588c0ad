"""Who is responsible, and how customers change hands (ORG-010)."""

import pytest
from django.urls import reverse

from kefu.customers.actions import assign_owner, close_customer, offer_customer, reopen_customer
from kefu.customers.models import Customer, OwnershipChange
from kefu.customers.tests.factories import archive, lead
from kefu.foundation.assignments.actions import accept, decline
from kefu.foundation.assignments.models import Assignment
from kefu.foundation.audit.models import AuditEntry
from kefu.kernel.errors import Forbidden, Invalid, OutOfScope, Refused


@pytest.mark.req("ORG-010")
def test_a_health_manager_takes_a_customer_from_the_pool(cast, login):
    person = lead(cast)
    assert login(cast.manager2).post(reverse("customers:taking", args=[person.pk])).status_code == 302
    person.refresh_from_db()
    assert person.health_manager == cast.manager2
    assert login(cast.manager).get(reverse("customers:page", args=[person.pk])).status_code == 404


def test_two_managers_who_take_the_same_customer(cast):
    person = lead(cast)
    seen_by_both = Customer.objects.get(pk=person.pk)
    assign_owner(customer=person, health_manager=cast.manager, reason="我来", by=cast.manager, at=cast.at)
    with pytest.raises(Refused) as refusal:
        assign_owner(customer=seen_by_both, health_manager=cast.manager2, reason="我来", by=cast.manager2, at=cast.at)
    assert refusal.value.code == "taken"
    assert Customer.objects.get(pk=person.pk).health_manager == cast.manager


def test_the_director_assigns_within_the_centre_and_every_change_is_history(cast, login):
    customer = archive(cast)
    form = {"node": cast.bj.pk, "health_manager": cast.manager2.pk, "doctor": cast.doctor.pk, "reason": "何示文休产假"}
    assert login(cast.director).post(reverse("customers:owner", args=[customer.pk]), form).status_code == 302
    change = OwnershipChange.objects.first()
    assert (change.manager_before, change.manager_after, change.reason, change.by) == (
        cast.manager,
        cast.manager2,
        "何示文休产假",
        cast.director,
    )
    assert AuditEntry.objects.get(code="customers.owner.changed").reason == "何示文休产假"
    assert "变更归属：何示清、何示宁" in [line.item for line in customer.timeline.all()]
    with pytest.raises(OutOfScope):
        assign_owner(customer=customer, node=cast.sh, reason="搬家", by=cast.director, at=cast.at)
    with pytest.raises(Forbidden):
        assign_owner(customer=customer, health_manager=cast.manager, reason="换回来", by=cast.service, at=cast.at)
    with pytest.raises(Invalid):
        assign_owner(customer=customer, health_manager=cast.doctor2, reason="换", by=cast.director, at=cast.at)


def test_a_customer_changes_hands_only_when_the_colleague_accepts(cast, login):
    customer = archive(cast)
    url = reverse("customers:handover", args=[customer.pk])
    assert (
        login(cast.manager)
        .post(url, {"role": "health_manager", "to": cast.manager2.pk, "reason": "休假两周"})
        .status_code
        == 302
    )
    customer.refresh_from_db()
    assert customer.health_manager == cast.manager
    offer = Assignment.objects.get()
    inbox = login(cast.manager2)
    html = inbox.get(reverse("assignments:list")).content.decode()
    assert "沈知夏" in html
    assert "休假两周" in html
    assert inbox.post(reverse("assignments:answer", args=[offer.pk]), {"answer": "accept"}).status_code == 302
    customer.refresh_from_db()
    assert customer.health_manager == cast.manager2


def test_a_declined_offer_says_why_and_changes_nothing(cast, login):
    customer = archive(cast)
    offer = offer_customer(
        customer=customer, to=cast.doctor2, role="doctor", reason="专长更合适", by=cast.doctor, at=cast.at
    )
    client, url = login(cast.doctor2), reverse("assignments:answer", args=[offer.pk])
    assert client.post(url, {"answer": "decline", "reason": ""}).status_code == 422
    decline(assignment=offer, reason="下月起停诊", by=cast.doctor2, at=cast.at)
    assert Customer.objects.get(pk=customer.pk).doctor == cast.doctor
    with pytest.raises(Refused) as refusal:
        accept(assignment=offer, by=cast.doctor2, at=cast.at)
    assert refusal.value.code == "answered"


def test_who_may_offer_and_to_whom(cast):
    customer = archive(cast)
    with pytest.raises(Forbidden):
        offer_customer(
            customer=customer, to=cast.manager2, role="health_manager", reason="换人", by=cast.service, at=cast.at
        )
    with pytest.raises(OutOfScope):
        offer_customer(
            customer=customer, to=cast.manager2, role="health_manager", reason="换人", by=cast.sh_manager, at=cast.at
        )
    with pytest.raises(Invalid):
        offer_customer(
            customer=customer, to=cast.doctor2, role="health_manager", reason="换人", by=cast.manager, at=cast.at
        )
    offer_customer(
        customer=customer, to=cast.manager2, role="health_manager", reason="换人", by=cast.director, at=cast.at
    )
    with pytest.raises(Refused) as refusal:
        offer_customer(
            customer=customer, to=cast.manager2, role="health_manager", reason="换人", by=cast.manager, at=cast.at
        )
    assert refusal.value.code == "already_offered"


def test_a_customer_who_leaves_frees_the_number_and_may_come_back(cast, login):
    customer = archive(cast)
    url = reverse("customers:closure", args=[customer.pk])
    client = login(cast.manager)
    assert "进行中的服务流程会结束" in client.get(url).content.decode()
    assert client.post(url, {"reason": ""}).status_code == 422
    assert client.post(url, {"reason": "客户要求退出"}).status_code == 302
    customer.refresh_from_db()
    assert (customer.stage, customer.closed_reason, customer.closed_at) == ("closed", "客户要求退出", cast.at)
    with pytest.raises(Refused):
        close_customer(customer=customer, reason="再关一次", by=cast.manager, at=cast.at)
    reopen_customer(customer=customer, reason="客户回来了", by=cast.director, at=cast.at)
    customer.refresh_from_db()
    assert (customer.stage, customer.closed_at, customer.contacts.get().owns) == ("active", None, True)


def test_a_number_given_to_somebody_else_meanwhile_keeps_a_customer_closed(cast):
    customer = archive(cast)
    close_customer(customer=customer, reason="换号了", by=cast.manager, at=cast.at)
    archive(cast, "陶映川", "13812346021")
    with pytest.raises(Refused) as refusal:
        reopen_customer(customer=customer, reason="客户回来了", by=cast.manager, at=cast.at)
    assert refusal.value.code == "phone_taken"
