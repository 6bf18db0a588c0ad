"""The orders of the customer list stand on indexes, on its first page and deep inside, and one scope serves list, detail, export and search."""

import csv
import io
from datetime import timedelta

import pytest
from django.db import connection
from django.http import QueryDict
from django.urls import reverse

from kefu.customers.actions import issue_archive_number
from kefu.customers.bulk import CUSTOMERS
from kefu.customers.permissions import CustomerPermission
from kefu.customers.tests.factories import archive, lead
from kefu.foundation.access.checks import allowed
from kefu.foundation.ui.keyset import Keyset, _after
from kefu.organisation.models import Function, Role, RoleCell
from kefu.testing.cast import PEOPLE

LIST, EXPORT = reverse("customers:list"), reverse("customers:export")
FILTERS = ("", "pool=on", "stage=active", "node={node}", "health_manager={manager}", "doctor={doctor}")


def plan(rows) -> str:
    """How PostgreSQL reads them if it has to avoid whole tables and sorting: it sorts only when no index brings the order."""
    with connection.cursor() as cursor:
        for way in ("seqscan", "bitmapscan", "sort"):
            cursor.execute(f"SET LOCAL enable_{way} = off")
        sql, parameters = rows[:51].query.sql_with_params()
        cursor.execute(f"EXPLAIN {sql}", parameters)
        return "\n".join(line for (line,) in cursor.fetchall())


@pytest.mark.req("CUS-003")
@pytest.mark.parametrize("order", sorted(CUSTOMERS.orders))
def test_every_order_of_the_list_is_read_from_an_index_on_the_first_page_and_deep_inside(cast, order):
    person = archive(cast, "白示安", "10000000041")
    issue_archive_number(customer=person, by=cast.doctor, at=cast.at)
    person.refresh_from_db()
    ids = {"node": cast.bj.pk, "manager": cast.manager.pk, "doctor": cast.doctor.pk}
    keys = CUSTOMERS.orders[order]
    for name in ("service", "director", "manager", "doctor"):
        for narrow in FILTERS:
            params = QueryDict(f"order={order}&{narrow.format(**ids)}")
            rows = CUSTOMERS.rows(getattr(cast, name), params, cast.at).order_by(*keys)
            deep = rows.filter(_after(keys, [getattr(person, key.lstrip("-")) for key in keys]))
            for page in (rows, deep):
                read = plan(page)
                assert "->  Sort" not in read and "Index" in read, f"{name} {params}: {read}"


@pytest.mark.req("CUS-010", part="desk and paper")
def test_the_way_somebody_came_in_is_looked_up_by_an_index(cast):
    read = plan(
        CUSTOMERS.rows(cast.service, QueryDict("capture=questionnaire"), cast.at).order_by(*CUSTOMERS.orders["newest"])
    )
    assert "customer_capture" in read and "->  Sort" not in read, read


def test_an_order_without_an_index_would_be_seen(cast):
    assert "->  Sort" in plan(CUSTOMERS.rows(cast.service, QueryDict(), cast.at).order_by("remarks", "id"))


def test_a_page_deep_inside_goes_on_after_the_last_row(cast):
    for number in range(5):
        lead(cast, f"白示{number}", f"1000000004{number}", at=cast.at + timedelta(minutes=number))
    first = Keyset(CUSTOMERS.rows(cast.manager, QueryDict(), cast.at), CUSTOMERS.orders["newest"], size=2)
    second = Keyset(
        CUSTOMERS.rows(cast.manager, QueryDict(), cast.at), CUSTOMERS.orders["newest"], size=2, cursor=first.next
    )
    assert [[one.name for one in page.rows] for page in (first, second)] == [["白示4", "白示3"], ["白示2", "白示1"]]


@pytest.fixture
def everybody(cast):
    """Customers of two managers and two centres, some with an archive, some in the pool."""
    made = [
        archive(cast, "沈知夏", "13812346021"),
        archive(cast, "陆沉舟", "13812346022", doctor=cast.doctor2, health_manager=cast.manager2),
        lead(cast, "陶映川", "13812346023"),
        lead(cast, "倪若安", "13812346024", by=cast.sh_manager),
    ]
    return {one.name: one for one in made}


def listed_to(client) -> set[str]:
    return {row.record.name for row in client.get(LIST).context["list"].rows}


def found_by(client, people) -> set[str]:
    answers = {name: client.get(LIST, {"q": name}).context["list"].rows for name in people}
    return {row.record.name for rows in answers.values() for row in rows}


def opened_by(client, people) -> set[str]:
    return {
        name for name, one in people.items() if client.get(reverse("customers:page", args=[one.pk])).status_code == 200
    }


def exported_by(client) -> set[str]:
    answer = client.post(EXPORT, {"reason": "核对", "form": "csv"})
    assert answer.status_code in (200, 409), answer.status_code
    return {
        row[0] for row in list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))[1:-1]
    }  # the last line names who took it


@pytest.mark.req("SEC-001", part="lists and details")
@pytest.mark.req("SEC-001", part="exports")
@pytest.mark.parametrize("person", sorted(PEOPLE))
def test_list_detail_search_and_export_have_one_scope_for_every_role(cast, everybody, login, person):
    user = getattr(cast, person)
    may = {name for name, one in everybody.items() if allowed(user, CustomerPermission.ARCHIVE_VIEW, customer=one)}
    client = login(user)
    if client.get(LIST).status_code == 403:
        assert may == set() == opened_by(client, everybody)
        assert client.post(EXPORT, {"reason": "核对", "form": "csv"}).status_code == 403
        return
    assert listed_to(client) == found_by(client, everybody) == opened_by(client, everybody) == may
    RoleCell.objects.update_or_create(
        role=Role.objects.get(code=PEOPLE[person][3]),
        function=Function.objects.get(code="data_export"),
        defaults={"level": 3},
    )
    assert exported_by(login(type(user).objects.get(pk=user.pk))) == may
