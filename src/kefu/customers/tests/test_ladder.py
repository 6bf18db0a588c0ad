"""Leads are looked through every day and put on their step of the ladder (CUS-035)."""

from datetime import timedelta

import pytest
from django.urls import reverse

from kefu.customers.actions.ladder import sort_lead
from kefu.customers.choices import Rung
from kefu.customers.models import Customer, RungChange
from kefu.customers.queries.standing import leads_to_sort
from kefu.customers.tests.factories import archive, lead
from kefu.kernel.errors import Forbidden, Invalid, Refused


@pytest.mark.req("CUS-035")
def test_the_list_of_the_day_begins_with_those_nearest_to_a_deal(cast):
    first, second, third = (
        lead(cast, "白示安", "13812346021"),
        lead(cast, "白示宁", "13812346022"),
        lead(cast, "白示和", "13812346023"),
    )
    assert {person.rung for person in (first, second, third)} == {Rung.LEAD}
    sort_lead(customer=second, rung=Rung.PROSPECT, by=cast.manager, at=cast.at)
    sort_lead(customer=third, rung=Rung.ENQUIRER, note="只在网上问过", by=cast.manager, at=cast.at)
    today = leads_to_sort(cast.manager, cast.at).order_by("-rung", "id")
    assert [person.name for person in today] == ["白示安"]
    tomorrow = leads_to_sort(cast.manager, cast.at + timedelta(days=1)).order_by("-rung", "id")
    assert [person.name for person in tomorrow] == ["白示宁", "白示安", "白示和"]
    assert [(row.before, row.after) for row in RungChange.objects.order_by("pk")] == [(2, 4), (2, 1)]
    assert "线索阶梯：一般线索 → 准客户" in [line.item for line in second.timeline.all()]


@pytest.mark.req("CUS-035")
def test_looking_through_the_list_on_screen(cast, login):
    person = lead(cast, "白示安")
    browser = login(cast.manager)
    assert "白示安" in browser.get(reverse("customers:leads")).content.decode()
    answer = browser.post(
        reverse("customers:rung", args=[person.pk]), {"rung": "3", "note": "下周来体验", "from": "list"}
    )
    assert answer["Location"] == reverse("customers:leads")
    assert "白示安" not in browser.get(reverse("customers:leads"), {"rung": "2"}).content.decode().split("main")[-1]
    assert Customer.objects.get(pk=person.pk).rung == Rung.INTENDED


def test_a_step_down_says_why_and_customers_are_on_no_ladder(cast):
    person = lead(cast)
    with pytest.raises(Invalid):
        sort_lead(customer=person, rung=Rung.ENQUIRER, by=cast.manager, at=cast.at)
    with pytest.raises(Invalid):
        sort_lead(customer=person, rung=9, by=cast.manager, at=cast.at)
    with pytest.raises(Forbidden):
        sort_lead(customer=person, rung=Rung.PROSPECT, by=cast.doctor, at=cast.at)
    with pytest.raises(Refused):
        sort_lead(customer=archive(cast, "沈知秋", "13812346022"), rung=Rung.PROSPECT, by=cast.manager, at=cast.at)
    assert not RungChange.objects.exists()
