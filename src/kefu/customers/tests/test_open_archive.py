"""The visitor decides to try the service: the lead becomes a customer."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from kefu.customers.actions import Family, create_lead, open_archive
from kefu.customers.choices import Stage
from kefu.customers.models import ContactPoint, Customer, FamilyLink, OwnershipChange
from kefu.customers.tests.factories import archive, lead, opening
from kefu.foundation.audit.models import AuditEntry
from kefu.kernel.errors import Forbidden, Invalid, OutOfScope, Refused
from kefu.kernel.ids import ident


@pytest.mark.req("CUS-001")
@pytest.mark.req("ORG-010")
def test_a_complete_archive_makes_a_customer_with_owners(cast):
    customer = archive(cast)
    customer.refresh_from_db()
    assert (customer.stage, customer.archive_opened_at, customer.archive_number) == (Stage.ACTIVE, cast.at, None)
    assert (customer.node, customer.doctor, customer.health_manager) == (cast.bj, cast.doctor, cast.manager)
    assert customer.owner_ids == {cast.doctor.pk, cast.manager.pk}
    assert customer.age(date(2026, 11, 23)) == 41
    change = OwnershipChange.objects.get()
    assert (change.doctor_before, change.doctor_after, change.manager_before, change.manager_after) == (
        None,
        cast.doctor,
        None,
        cast.manager,
    )
    assert AuditEntry.objects.get(code="customers.archive.opened").changes["stage"] == ["lead", "active"]


FIELDS = {
    "age": "age",
    "doctor": "doctor",
    "health_manager": "health_manager",
    "node": "node",
    "source": "source",
    "remarks": "remarks",
}


@pytest.mark.req("CUS-001")
@pytest.mark.parametrize("field", FIELDS)
def test_each_missing_mandatory_field_is_named_and_nothing_changes(cast, field):
    person = lead(cast)
    given = opening(cast) | {field: "" if field == "remarks" else None}
    with pytest.raises(Invalid) as refusal:
        open_archive(customer=person, **given, by=cast.manager, at=cast.at)
    assert [(error.field, error.code) for error in refusal.value.errors] == [(field, "required")]
    assert Customer.objects.get().stage == Stage.LEAD


@pytest.mark.req("CUS-001")
def test_all_missing_fields_are_named_at_once(cast):
    person = lead(cast, name="", phone="13812346021")
    with pytest.raises(Invalid) as refusal:
        open_archive(customer=person, doctor=None, health_manager=None, node=None, by=cast.manager, at=cast.at)
    assert [error.field for error in refusal.value.errors] == [
        "name",
        "age",
        "doctor",
        "health_manager",
        "node",
        "source",
        "remarks",
    ]
    nameless = create_lead(name="沈知夏", phone="", by=cast.manager, at=cast.at).customer
    with pytest.raises(Invalid) as refusal:
        open_archive(customer=nameless, **opening(cast), by=cast.manager, at=cast.at)
    assert [(error.field, str(error.message)) for error in refusal.value.errors] == [("phone", "请填写联系电话。")]


def test_no_remarks_must_be_confirmed(cast):
    customer = open_archive(
        customer=lead(cast), **opening(cast, remarks="", remarks_none=True), by=cast.manager, at=cast.at
    )
    assert (customer.remarks, customer.remarks_none) == ("", True)


def test_the_database_itself_refuses_an_incomplete_archive(cast):
    person = lead(cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        Customer.objects.filter(pk=person.pk).update(stage=Stage.ACTIVE)


def test_owners_must_be_what_they_are_called_at_that_centre(cast):
    with pytest.raises(Invalid) as refusal:
        open_archive(
            customer=lead(cast),
            **opening(cast, doctor=cast.manager, health_manager=cast.sh_manager),
            by=cast.manager,
            at=cast.at,
        )
    assert {(error.field, error.code) for error in refusal.value.errors} == {
        ("doctor", "not_a_doctor_here"), ("health_manager", "not_a_manager_here"),
    }  # fmt: skip


def test_head_office_is_no_centre(cast):
    person = lead(cast, by=cast.service, node=cast.bj)
    with pytest.raises(Invalid) as refusal:
        open_archive(customer=person, **opening(cast, node=cast.hq), by=cast.manager, at=cast.at)
    assert ("node", "not_a_centre") in {(error.field, error.code) for error in refusal.value.errors}


def test_a_married_couple_shares_one_number_by_a_family_link(cast):
    """C08 闻小棠 and C09 闻家宁: the second archive is refused until their relation is given."""
    wife = archive(cast, "闻小棠", "10000000008")
    husband = lead(cast, "闻家宁", "10000000008")
    with pytest.raises(Refused) as refusal:
        open_archive(customer=husband, **opening(cast, sex="male"), by=cast.manager, at=cast.at)
    assert refusal.value.code == "phone_taken"
    assert refusal.value.details["customer"] == ident("cus", wife.pk)
    assert "闻小棠" in str(refusal.value)
    husband.refresh_from_db()
    assert husband.stage == Stage.LEAD

    family = Family(wife, "spouse", proxy=True)
    open_archive(customer=husband, **opening(cast, sex="male"), family=family, by=cast.manager, at=cast.at)
    link = FamilyLink.objects.get()
    assert (link.customer, link.relative, link.relation, link.proxy) == (husband, wife, "spouse", True)
    assert list(ContactPoint.objects.order_by("pk").values_list("customer", "owns", "family_link")) == [
        (wife.pk, True, None), (husband.pk, False, link.pk),
    ]  # fmt: skip


def test_a_number_only_a_lead_has_is_taken_over(cast):
    first = lead(cast, "闻小棠", "10000000008")
    second = archive(cast, "闻家宁", "10000000008")
    assert list(ContactPoint.objects.filter(owns=True).values_list("customer", flat=True)) == [second.pk]
    assert not first.contacts.get().owns


def test_one_active_phone_number_has_one_owner_in_the_database(cast):
    archive(cast, "闻小棠", "10000000008")
    other = lead(cast, "闻家宁", "10000000008")
    with pytest.raises(IntegrityError), transaction.atomic():
        ContactPoint.objects.filter(customer=other).update(owns=True)


def test_an_archive_is_opened_once(cast):
    customer = archive(cast)
    with pytest.raises(Refused) as refusal:
        open_archive(customer=customer, **opening(cast), by=cast.manager, at=cast.at)
    assert refusal.value.code == "already_open"


@pytest.mark.req("SEC-001", part="lists and details")
def test_service_reads_but_opens_no_archive_and_another_centre_finds_nobody(cast):
    person = lead(cast)
    with pytest.raises(Forbidden):
        open_archive(customer=person, **opening(cast), by=cast.service, at=cast.at)
    with pytest.raises(OutOfScope):
        open_archive(customer=person, **opening(cast), by=cast.sh_manager, at=cast.at)
    person.refresh_from_db()
    assert person.stage == Stage.LEAD
