"""Customers are grouped by attributes, value and behaviour; the group is counted live, listed and exported within one's scope (CUS-011)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from kefu.billing.actions import record_charge
from kefu.customers.actions import assign_owner, update_archive
from kefu.customers.actions.segments import add_segment, redefine_segment
from kefu.customers.actions.standing import Classified, track
from kefu.customers.choices import Demand, Importance
from kefu.customers.models import Customer, Segment
from kefu.customers.queries.segments import in_segment, latest
from kefu.customers.tests.factories import archive
from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.audit.trail import Subject
from kefu.foundation.sentences.saying import plain
from kefu.kernel.errors import Invalid, OutOfScope, Refused
from kefu.organisation.models import User
from kefu.sales.permissions import SalesPermission

TODAY = date(2026, 11, 23)


@pytest.fixture
def people(cast):
    """Three customers of one manager: a young woman, an old man, and a woman of unknown birthday."""
    young = archive(cast, "白示安", "13812346021", age=None, birth_date=date(1996, 11, 23))
    old = archive(cast, "白示宁", "13812346022", sex="male", age=70)
    other = archive(cast, "白示和", "13812346023", age=45)
    update_archive(
        customer=young, changes={"address": "北京市朝阳区", "occupation": "中学教师"}, by=cast.manager, at=cast.at
    )
    update_archive(
        customer=old, changes={"address": "北京市海淀区", "occupation": "退休教师"}, by=cast.manager, at=cast.at
    )
    return young, old, other


def names(cast, definition, user=None, on=TODAY):
    """Who falls under a definition."""
    segment = add_segment(
        name=f"群{Segment.objects.count()}", node=cast.bj, definition=definition, by=cast.manager, at=cast.at
    )
    reader = User.objects.get(pk=(user or cast.manager).pk)
    found = in_segment(Customer.objects.visible_to(reader), reader, segment.pk, on)
    return sorted(customer.name for customer in found)


def spend(cast, customer, amount, days_ago, number):
    record_charge(
        customer=customer, subject=Subject("sales.purchase", number), amount=Decimal(amount), item=plain("鱼油"),
        by=cast.manager, at=cast.at - timedelta(days=days_ago), permission=SalesPermission.ENTER,
    )  # fmt: skip


@pytest.mark.req("CUS-011")
def test_by_attributes(cast, people):
    assert names(cast, {"sex": {"values": ["female"]}}) == ["白示和", "白示安"]
    assert names(cast, {"age": {"low": 30, "high": 45}}) == ["白示和", "白示安"]
    assert names(cast, {"age": {"low": 31}}) == ["白示和", "白示宁"]
    assert names(cast, {"age": {"low": 46}}, on=TODAY + timedelta(days=366)) == ["白示和", "白示宁"]
    assert names(cast, {"region": {"text": "朝阳"}}) == ["白示安"]
    assert names(cast, {"occupation": {"text": "教师"}, "sex": {"values": ["male"]}}) == ["白示宁"]


@pytest.mark.req("CUS-011")
def test_by_value(cast, people):
    young, old, _other = people
    spend(cast, young, "3000", 500, 1)
    spend(cast, young, "500", 20, 2)
    spend(cast, old, "800", 40, 3)
    assert names(cast, {"contribution": {"low": 3500}}) == ["白示安"]
    assert names(cast, {"contribution": {"high": 0}}) == ["白示和"]
    Customer.objects.filter(pk=old.pk).update(archive_opened_at=cast.at - timedelta(days=3 * 366))
    assert names(cast, {"loyalty": {"low": 3}}) == ["白示宁"]
    classes = Classified(
        Demand.TARGET, TODAY + timedelta(days=10), importance=Importance.KEY, closable_amount=Decimal("9000")
    )
    track(customer=young, note="想买", classes=classes, by=cast.manager, at=cast.at)
    assert names(cast, {"potential": {"low": 9000}, "grade": {"values": ["A"]}, "importance": {"values": ["key"]}}) == [
        "白示安"
    ]


@pytest.mark.req("CUS-011")
def test_by_behaviour(cast, people):
    young, old, _other = people
    for number, (customer, amount, days_ago) in enumerate(
        [(young, "300", 10), (young, "200", 100), (young, "900", 400), (old, "700", 200)]
    ):
        spend(cast, customer, amount, days_ago, number)
    assert names(cast, {"frequency": {"low": 2}}) == ["白示安"]
    assert names(cast, {"amount": {"low": 500, "high": 500}}) == ["白示安"]
    assert names(cast, {"time": {"low": 150}}) == ["白示宁"]
    assert names(cast, {"time": {"high": 10}}) == ["白示安"]


@pytest.mark.req("CUS-011")
def test_count_list_and_export_say_the_same_within_the_scope(cast, login, people):
    young, _old, other = people
    assign_owner(
        customer=Customer.objects.get(pk=other.pk),
        health_manager=cast.manager2,
        reason="分工",
        by=cast.director,
        at=cast.at,
    )
    browser = login(cast.manager)
    answer = browser.post(reverse("customers:segment_new"), {"name": "女客户", "sex": ["female"]})
    segment = Segment.objects.get()
    assert answer["Location"] == reverse("customers:segment", args=[segment.pk])
    assert "现在有 1 位客户" in browser.get(answer["Location"]).content.decode()
    director = login(cast.director)
    assert "现在有 2 位客户" in director.get(answer["Location"]).content.decode()
    listed = browser.get(reverse("customers:list"), {"segment": segment.pk}).content.decode()
    assert ("白示安" in listed, "白示和" in listed, "白示宁" in listed) == (True, False, False)
    url = f"{reverse('customers:export')}?segment={segment.pk}"
    exported = director.post(url, {"reason": "回访名单", "form": "csv"})
    text = exported.content.decode("utf-8-sig")
    assert ("白示安" in text, "白示和" in text, "白示宁" in text) == (True, True, False)
    told = AuditEntry.objects.filter(code="customers.list.exported", customer_id__isnull=False)
    assert {entry.customer_id for entry in told} == {young.pk, other.pk}
    assert login(cast.sh_manager).get(reverse("customers:segment", args=[segment.pk])).status_code == 404
    assert (
        "白示"
        not in login(cast.sh_manager)
        .get(reverse("customers:list"), {"segment": segment.pk})
        .content.decode()
        .split("<tbody")[-1]
    )


@pytest.mark.req("CUS-011")
def test_versions_of_a_definition_are_kept(cast, login, people):
    segment = add_segment(
        name="教师", node=cast.bj, definition={"occupation": {"text": "教师"}}, by=cast.manager, at=cast.at
    )
    with pytest.raises(Refused):
        add_segment(name="教师", node=cast.bj, definition={"occupation": {"text": "教师"}}, by=cast.manager, at=cast.at)
    redefine_segment(
        segment=segment, definition={"occupation": {"text": "教师"}, "age": {"low": 60}}, by=cast.manager, at=cast.at
    )
    redefine_segment(
        segment=segment, definition={"occupation": {"text": "教师"}, "age": {"low": 60}}, by=cast.manager, at=cast.at
    )
    assert [version.number for version in segment.versions.all()] == [2, 1]
    assert latest(segment).definition == {"occupation": {"text": "教师"}, "age": {"low": "60"}}
    html = login(cast.manager).get(reverse("customers:segment", args=[segment.pk])).content.decode()
    assert "第 2 版" in html
    for wrong in ({}, {"age": {"low": 60, "high": 50}}, {"sex": {"values": ["robot"]}}, {"shoe": {"low": 40}}):
        with pytest.raises(Invalid):
            redefine_segment(segment=segment, definition=wrong, by=cast.manager, at=cast.at)
    with pytest.raises(OutOfScope):
        redefine_segment(segment=segment, definition={"age": {"low": 60}}, by=cast.sh_manager, at=cast.at)


def test_a_list_of_many_is_read_by_its_index(cast, people):
    """Two thousand customers: the members come by the index of the list, newest first, without sorting all."""
    Customer.objects.bulk_create(
        Customer(
            name=f"白示{n}",
            node=cast.bj,
            created_by=cast.manager,
            created_at=cast.at,
            sex="female",
            age_stated=40,
            age_stated_on=TODAY,
        )
        for n in range(2000)
    )
    segment = add_segment(
        name="四十岁", node=cast.bj, definition={"age": {"low": 40, "high": 40}}, by=cast.manager, at=cast.at
    )
    reader = User.objects.get(pk=cast.director.pk)
    members = in_segment(Customer.objects.visible_to(reader), reader, segment.pk, TODAY)
    assert members.count() == 2000
    plan = members.order_by("-created_at", "-id")[:51].explain()
    assert "customer_newest" in plan or "customer_of_node" in plan
