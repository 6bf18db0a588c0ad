"""One scope for everything: what an action lets a person do is what lists, search and API let the person see (ORG-010, SEC-001)."""

from datetime import date

import pytest

from kefu.customers import queries
from kefu.customers.actions import assign_owner, update_archive
from kefu.customers.models import Customer
from kefu.customers.permissions import CustomerPermission
from kefu.customers.tests.factories import archive, lead
from kefu.foundation.access.checks import allowed
from kefu.foundation.access.rules import describe
from kefu.kernel.errors import OutOfScope
from kefu.organisation.models import Grant, Role, User
from kefu.testing.cast import PEOPLE


@pytest.fixture
def customers(cast) -> dict[str, Customer]:
    """Somebody's, somebody else's, nobody's, one whom only a doctor has, and two of another centre."""
    sent = lead(cast, "闻家宁", "13812346023")
    shanghai = {"node": cast.sh, "by": cast.service}
    return {
        "own": archive(cast),
        "colleagues": archive(cast, "陶映川", "13812346022", doctor=cast.doctor2, health_manager=cast.manager2),
        "pooled": lead(cast, "许知秋", "13812346024"),
        "sent": assign_owner(customer=sent, doctor=cast.doctor, reason="指定医生", by=cast.director, at=cast.at),
        "away": lead(cast, "顾云舒", "13812346025", **shanghai),
        "away_sent": assign_owner(customer=lead(cast, "白景行", "13812346026", **shanghai), doctor=cast.sh_doctor, reason="指定医生",
                                  by=director_of_shanghai(cast), at=cast.at),
    }  # fmt: skip


def director_of_shanghai(cast) -> User:
    signed = date(2026, 1, 5)
    person = User.objects.create(
        username="sh_director", job_number="3001", name="宋示安", node=cast.sh, undertaking_signed_on=signed
    )
    role = Role.objects.get(code="centre_director")
    Grant.objects.create(user=person, role=role, node=cast.sh, valid_from=signed)
    return person


@pytest.mark.req("SEC-001", part="lists and details")
@pytest.mark.req("ORG-010")
def test_the_unassigned_pool_is_the_managers_and_no_doctors(cast, customers):
    def sees(person: str) -> set[str]:
        visible = set(Customer.objects.visible_to(getattr(cast, person)).values_list("pk", flat=True))
        return {name for name, customer in customers.items() if customer.pk in visible}

    assert sees("manager") == {"own", "pooled", "sent"}
    assert sees("manager2") == {"colleagues", "pooled", "sent"}
    assert sees("doctor") == {"own", "sent"}
    assert sees("doctor2") == {"colleagues"}
    assert sees("sh_manager") == {"away", "away_sent"}
    assert sees("sh_doctor") == {"away_sent"}
    assert sees("director") == {"own", "colleagues", "pooled", "sent"}
    assert sees("service") == set(customers)


@pytest.mark.parametrize("person", sorted(PEOPLE))
def test_actions_lists_search_and_references_agree_for_every_right(cast, customers, person):
    user = getattr(cast, person)
    for permission in describe():
        may = {name for name, customer in customers.items() if allowed(user, permission, customer=customer)}
        visible = set(Customer.objects.visible_to(user, permission).values_list("pk", flat=True))
        assert may == {name for name, customer in customers.items() if customer.pk in visible}, permission
    for name, customer in customers.items():
        may_see = allowed(user, CustomerPermission.ARCHIVE_VIEW, customer=customer)
        assert ([found.pk for found in queries.search(user, customer.name)] == [customer.pk]) is may_see, name
        assert (queries.by_reference(user, str(customer.pk)) is not None) is may_see, name


def test_the_pool_belongs_to_the_node_in_which_one_is_a_manager(cast, customers):
    """A doctor here who is a manager there takes on customers there, and only there."""
    manages = Role.objects.get(code="health_manager")
    Grant.objects.create(user=cast.doctor, role=manages, node=cast.sh, valid_from=date(2026, 1, 5))
    doctor = User.objects.get(pk=cast.doctor.pk)
    found = set(Customer.objects.visible_to(doctor).values_list("pk", flat=True))
    assert found == {customers[name].pk for name in ("own", "sent", "away", "away_sent")}
    assert not queries.search(doctor, "许知秋")
    assert queries.search(doctor, "顾云舒") == [customers["away"]]
    assert not allowed(doctor, CustomerPermission.ARCHIVE_VIEW, customer=customers["pooled"])


def test_a_doctor_does_nothing_for_a_customer_nobody_has(cast, customers):
    with pytest.raises(OutOfScope):
        update_archive(customer=customers["pooled"], changes={"remarks": "看一眼"}, by=cast.doctor, at=cast.at)
    assert Customer.objects.get(pk=customers["pooled"].pk).remarks == ""
