"""The list of contacts that are due: what many of them can be given at once, and how it is kept as a view."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from kefu.customers.tests.factories import archive
from kefu.followup.actions.plans import Plan, plan_after_report
from kefu.followup.choices import Basis
from kefu.followup.models import FollowUp
from kefu.foundation.audit.trail import action
from kefu.foundation.lists.models import BulkResult, SavedView

DUE = reverse("followup:due")
SELECTION = reverse("lists:selection", args=["followups"])
QUERY = "due_to=2027-03-01"


@action
def reported(*, customer, by, at):
    """A report was received."""
    return plan_after_report(plan=Plan(customer, None, Basis.RECEIPT, date(2026, 11, 23), None), by=by, at=at)


@pytest.fixture
def contacts(cast):
    """Two customers with the contacts after a report."""
    for name, phone in (("白示安", "10000000031"), ("白示宁", "10000000032")):
        reported(customer=archive(cast, name, phone), by=cast.consulting, at=cast.at)
    return list(FollowUp.objects.filter(code="d2").order_by("pk"))


def rows(response) -> list[tuple[str, str]]:
    return [(row.record.customer.name, row.record.code) for row in response.context["list"].rows]


def test_many_contacts_are_moved_each_by_its_own_rules(cast, contacts, login):
    manager = login(cast.manager)
    listed = manager.get(f"{DUE}?{QUERY}&kind=after_report")
    assert rows(listed) == [("白示安", "d2"), ("白示宁", "d2"), ("白示安", "m3"), ("白示宁", "m3")]
    url = manager.post(SELECTION, {"all": "1", "query": f"{QUERY}&kind=after_report", "action": "day"}).url
    late = manager.post(url, {"day": "2026-11-20", "reason": "客户出差"})
    assert late.status_code == 302
    assert [(row.state, row.said) for row in BulkResult.objects.all()] == [("refused", "日期不能早于今天。")] * 4
    url = manager.post(SELECTION, {"row": [contacts[0].pk], "action": "day"}).url
    manager.post(url, {"day": "2026-12-01", "reason": "客户出差"})
    contacts[0].refresh_from_db()
    assert timezone.localdate(contacts[0].due_at) == date(2026, 12, 1)
    assert [move.reason for move in contacts[0].moves.all()] == ["客户出差"]


def test_what_a_colleague_took_first_is_refused_and_the_rest_is_taken(cast, contacts, login):
    contacts[0].taken_by = cast.service
    contacts[0].save()
    service = login(cast.supervisor)
    url = service.post(SELECTION, {"row": [row.pk for row in contacts], "action": "take"}).url
    service.post(url)
    said = {row.record_id: (row.state, row.code) for row in BulkResult.objects.all()}
    assert said == {contacts[0].pk: ("refused", "taken"), contacts[1].pk: ("done", "")}
    assert f"这次回访已由 {cast.service.name} 接手。" in service.get(url).content.decode()
    contacts[1].refresh_from_db()
    assert contacts[1].taken_by == cast.supervisor


def test_the_list_is_kept_as_a_view_with_its_day_and_columns(cast, contacts, login):
    manager = login(cast.manager)
    views = reverse("lists:views", args=["followups"])
    manager.post(f"{views}?{QUERY}&columns=topic&columns=planned", {"name": "到明年三月"})
    view = SavedView.objects.get(list_code="followups")
    page = manager.get(f"{DUE}?{view.address}")
    assert [str(column.label) for column in page.context["list"].columns] == [
        "应于",
        "客户",
        "事由",
        "安排时间",
        "打电话",
    ]
    assert ("白示安", "m3") in rows(page)
    assert rows(manager.get(DUE)) == []
    assert "到明年三月" not in manager.get(reverse("customers:list")).content.decode()


def test_the_list_costs_the_same_for_two_rows_and_for_twenty(cast, contacts, login, django_assert_max_num_queries):
    client, counts = login(cast.service), []
    for more in (0, 18):
        for number in range(more):
            reported(
                customer=archive(cast, f"白示{number:02}", f"100000001{number:02}"), by=cast.consulting, at=cast.at
            )
        with django_assert_max_num_queries(40) as captured:
            client.get(f"{DUE}?due_to=2026-11-25")
        counts.append(len(captured))
    assert counts[0] == counts[1]
