"""Two archives of one person: everything of both is on the one that stays, and back in its place row by row when it was a mistake."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.laws.lives import booked, two

from kefu.administration.queries.audit import Asked, entries
from kefu.appointments.actions import cancel
from kefu.appointments.models import Appointment
from kefu.customers import actions, queries
from kefu.customers.actions.merges import gather
from kefu.customers.choices import ConsentScope, Demand
from kefu.customers.merging import Handling, handlers
from kefu.customers.models import (
    ContactPoint,
    Customer,
    Merge,
    TimelineLine,
)
from kefu.customers.queries.readers import readers
from kefu.foundation.audit.trail import record_read
from kefu.journey.tests.walking import Walk, start_walk
from kefu.kernel.errors import Refused
from kefu.messaging.actions import log_contact, opt_out
from kefu.testing.cast import Cast
from kefu.testing.locks import lock_order
from kefu.testing.races import at_once
from kefu.testing.stories import customer_of

WHY = "同一位客人，第二次来时又建了一份"
MISTAKE = "是姐妹两人"
KEPT = {f"{one.model}.{one.field}" for one in handlers().values() if one.handling is Handling.KEEP}
UNTRIED = {
    "customers.Customer.merged_into",
    "customers.FamilyLink.relative",
    "customers.RungChange.customer",
    "customers.Death.customer",
    "customers.SubjectExport.customer",
    "customers.PrivacyRequest.customer",
    "customers.LegalHold.customer",
}
"""Of everything else the customers of the story have something."""
KEPT_ONCE = {
    "customers.Standing.customer",
    "customers.Flag.customer",
    "customers.BusinessCard.customer",
    "customers.ReferralPrompt.customer",
    "followup.PushRecipient.customer",
    "messaging.Wish.customer",
}
"""Where both have one, the merged customer's stays where it was, closed with its archive."""
NOT_STATE = {"version", "search_text", "grams", "medical_grams"}
OWN_TABLES = ("customers.Merge", "customers.MergeMove", "customers.LikePair", "audit.AuditEntry", "audit.CustomerKey")


def rows(customer_ids: tuple[int, ...]) -> dict[str, dict[int, dict[str, Any]]]:
    """Every row of every table that hangs on these customers, as it stands."""
    found: dict[str, dict[int, dict[str, Any]]] = {}
    for (label, field), _handler in handlers().items():
        if label not in OWN_TABLES:
            model = apps.get_model(label)
            of_them = model._base_manager.filter(**{f"{field}__in": customer_ids})
            found.setdefault(label, {}).update({row["id"]: row for row in of_them.values()})
    for row in Customer.objects.filter(pk__in=customer_ids).values():
        found["customers.Customer"][row["id"]] = {name: value for name, value in row.items() if name not in NOT_STATE}
    return found


def without_the_merge(state: dict[str, dict[int, dict[str, Any]]]) -> dict[str, dict[int, dict[str, Any]]]:
    """The same without the lines that tell of the merge itself."""
    lines = state["customers.TimelineLine"]
    state["customers.TimelineLine"] = {pk: row for pk, row in lines.items() if row["subject_kind"] != "customers.merge"}
    return state


def merge(cast: Cast, survivor: Customer, merged: Customer, **given: Any) -> Merge:
    survivor, merged = Customer.objects.get(pk=survivor.pk), Customer.objects.get(pk=merged.pk)
    at = given.pop("at", cast.at + timedelta(days=3))
    return actions.merge_customers(survivor=survivor, merged=merged, reason=WHY, by=cast.director, at=at, **given)


def undo(cast: Cast, made: Merge) -> Merge:
    made = Merge.objects.select_related("survivor", "merged").get(pk=made.pk)
    return actions.undo_merge(merge=made, reason=MISTAKE, by=cast.director, at=cast.at + timedelta(days=4))


def left_behind(customer_id: int) -> dict[str, int]:
    """What still points at a customer, of what ought to move."""
    moving = [one for one in handlers().values() if one.handling is not Handling.KEEP]
    counted = {f"{one.model}.{one.field}": one.rows_of(customer_id).count() for one in moving}
    return {key: count for key, count in counted.items() if count}


def test_everything_of_both_is_on_the_one_that_stays_and_back_where_it_was_afterwards(cast: Cast) -> None:
    first, second = two(cast)
    a, b = first.customer.pk, second.customer.pk
    before, spent = rows((a, b)), [queries.total_spending(walk.customer) for walk in (first, second)]
    known = {f"{one.model}.{one.field}" for one in handlers().values()}
    assert known - left_behind(b).keys() - KEPT == UNTRIED
    made = merge(cast, first.customer, second.customer)
    assert left_behind(b).keys() == KEPT_ONCE
    gone, stays = (Customer.objects.get(pk=pk) for pk in (b, a))
    assert (gone.stage, gone.merged_into_id, gone.closed_reason) == ("closed", a, WHY)
    assert queries.total_spending(stays) == sum(spent)
    assert not queries.agreed(
        stays, ConsentScope.MARKETING_SMS
    )  # the one who agreed last had refused in the other archive
    assert stays.standing.demand == Demand.DEAD
    assert {len(found) for label, found in rows((a,)).items() if label.startswith(("sales", "lab", "journey"))} == {2}
    undo(cast, made)
    assert without_the_merge(rows((a, b))) == before


def test_rows_that_came_after_the_merge_stay_with_the_one_that_stayed(cast: Cast) -> None:
    first, second = start_walk(cast), customer_of(cast, "沈知霞", "10000000002")
    made = merge(cast, first.customer, second)
    first.at = cast.at + timedelta(days=3, hours=1)
    first.to("tests_ordered")
    assert queries.facts_since(made) >= 2
    undo(cast, made)
    assert first.order.customer_id == first.customer.pk
    assert not TimelineLine.objects.filter(customer=second, at__gte=first.at, kind="test").exists()


def test_bookings_at_one_time_are_settled_first(cast: Cast) -> None:
    first, second = two(cast)
    clash = booked(Walk(cast, second.customer, second.at), cast.doctor2, 9)
    with pytest.raises(Refused) as refused:
        merge(cast, first.customer, second.customer)
    assert refused.value.code == "in_the_way"
    assert refused.value.details["obstacles"] == [
        {"text": "2026-11-30 09:00 两位都有预约（何示和）", "url": f"/appointments/{clash.pk}/"}
    ]
    assert left_behind(second.customer.pk) and not Merge.objects.exists()
    cancel(appointment=clash, reason="约重了", by=cast.manager, at=second.at)
    merge(cast, first.customer, second.customer)
    assert Appointment.objects.filter(customer=first.customer).count() == 3


def test_the_trail_is_read_under_both_numbers(cast: Cast) -> None:
    first, second = customer_of(cast), customer_of(cast, "沈知霞", "10000000002")
    record_read("customers.customer.read", by=cast.manager, at=cast.at, customer_id=second.pk, node_id=cast.bj.pk)
    made = merge(cast, first, second)
    stays = Customer.objects.get(pk=first.pk)
    assert [row.customer_id for row in readers(stays)] == [second.pk]
    for asked in (first.pk, second.pk):
        codes = entries(cast.admin, Asked(customer_id=asked)).values_list("customer_id", flat=True)
        assert set(codes) == {first.pk, second.pk}
    undo(cast, made)
    assert not readers(stays).exists()


class Enough(Exception):
    """What an example wrote is not kept."""


WORDS = st.sampled_from(["", "甲", "乙", "甲\n乙"])
PERSON = st.fixed_dictionaries({
    "caution": WORDS, "medical_history": WORDS, "remarks": WORDS, "address": WORDS, "card_number": st.sampled_from(["", "C1", "C2"]),
    "phones": st.sets(st.sampled_from(["10000000011", "10000000012", "10000000013"]), max_size=3),
    "retired": st.booleans(), "relatives": st.sets(st.sampled_from([0, 1, "other", "back"])), "number": st.booleans(),
})  # fmt: skip


def made_up(cast: Cast, given: dict[str, Any], name: str) -> Customer:
    """A lead with what an example says."""
    customer = actions.create_lead(name=name, phone="", node=cast.bj, by=cast.manager, at=cast.at).customer
    columns = {key: given[key] for key in ("caution", "medical_history", "remarks", "address", "card_number")}
    Customer.objects.filter(pk=customer.pk).update(
        **columns, archive_number=f"HA9{customer.pk}" if given["number"] else None
    )
    points = [actions.add_contact(customer=customer, kind="phone", value=one, by=cast.manager, at=cast.at) for one in sorted(given["phones"])]  # fmt: skip
    if points and given["retired"]:
        actions.retire_contact(contact=points[0], reason="换号", by=cast.manager, at=cast.at)
    return customer


def related(cast: Cast, people: list[Customer], number: int, wanted: set[Any]) -> None:
    """Family links of one of two customers: to relatives both may have, to the other one, and back from a relative."""
    me, other, *relatives = people[number], people[1 - number], *people[2:]
    for one in sorted(wanted, key=str):
        pairs = {0: (me, relatives[0]), 1: (me, relatives[1]), "other": (me, other), "back": (relatives[0], me)}
        near, far = pairs[one]
        actions.add_family(customer=near, relation="sibling", relative=far, by=cast.manager, at=cast.at)


@pytest.mark.parametrize("examples", [6, pytest.param(200, marks=pytest.mark.soak)])
def test_a_merge_taken_back_was_none(cast: Cast, examples: int) -> None:
    @settings(max_examples=examples, suppress_health_check=[HealthCheck.too_slow])
    @given(mine=PERSON, theirs=PERSON)
    def taken_back(mine: dict[str, Any], theirs: dict[str, Any]) -> None:
        with pytest.raises(Enough), transaction.atomic():
            merge_and_take_back(cast, mine, theirs)
            raise Enough

    taken_back()


def merge_and_take_back(cast: Cast, mine: dict[str, Any], theirs: dict[str, Any]) -> None:
    """Two people of an example become one and two again; every row is what it was."""
    people = [made_up(cast, given, f"白示{n}") for n, given in enumerate((mine, theirs))]
    people += [actions.create_lead(name=name, phone="", node=cast.bj, by=cast.manager, at=cast.at).customer for name in ("白示父", "白示母")]  # fmt: skip
    for number, given_ in enumerate((mine, theirs)):
        related(cast, people, number, given_["relatives"])
    ids = tuple(one.pk for one in people)
    before = rows(ids)
    made = merge(cast, people[0], people[1])
    left = ContactPoint.objects.filter(customer=people[0], active=True)
    active = [row for row in before["customers.ContactPoint"].values() if row["active"]]
    owned = {row["value"]: any(one["owns"] for one in active if one["value"] == row["value"]) for row in active}
    assert sorted(left.values_list("value", "owns")) == sorted(owned.items())
    undo(cast, made)
    assert without_the_merge(rows(ids)) == before


def people_of(cast: Cast, start: int, count: int) -> list[Customer]:
    return [customer_of(cast, f"白示{start + n}", f"1000000{start + n:04}") for n in range(count)]


def stands(customer: Customer) -> Customer:
    """The customer this one is a part of, or the same."""
    found = Customer.objects.get(pk=customer.pk)
    return Customer.objects.get(pk=found.merged_into_id) if found.merged_into_id else found


def test_one_goes_into_another_that_goes_into_a_third(house: Cast) -> None:
    for number in range(6):
        a, b, c = people_of(house, 5000 + 3 * number, 3)
        phones = set(ContactPoint.objects.filter(customer__in=[a, b, c]).values_list("pk", flat=True))
        got = at_once([partial(merge, house, b, a), partial(merge, house, c, b)])
        ends = {stands(one).pk for one in (a, b, c)}
        if all(isinstance(one, Merge) for one in got):
            assert ends == {c.pk}
        else:
            assert [type(one) for one in got] == [Refused, Merge]
            assert isinstance(got[0], Refused) and got[0].code == "merged"
            assert ends == {a.pk, c.pk}
        assert not Customer.objects.filter(pk__in=[a.pk, b.pk, c.pk], merged_into__merged_into__isnull=False).exists()
        held = ContactPoint.objects.filter(customer__in=ends, active=True).values_list("pk", flat=True)
        assert set(held) == phones


def test_of_two_merges_in_opposite_directions_one_is_refused(house: Cast) -> None:
    for number in range(4):
        a, b = people_of(house, 5100 + 2 * number, 2)
        got = at_once([partial(merge, house, a, b), partial(merge, house, b, a)])
        [made] = [one for one in got if isinstance(one, Merge)]
        [refused] = [one for one in got if isinstance(one, Refused)]
        assert refused.code == "merged"
        assert {stands(a).pk, stands(b).pk} == {made.survivor_id}


def test_undone_once_by_whoever_comes_first(house: Cast) -> None:
    a, b = people_of(house, 5150, 2)
    made = merge(house, a, b)
    got = at_once([partial(undo, house, made)] * 3)
    assert sorted(getattr(one, "code", "undone") for one in got) == ["already_undone", "already_undone", "undone"]
    assert stands(b).pk == b.pk and Customer.objects.get(pk=b.pk).stage == "active"


def test_what_is_written_for_the_merged_one_meanwhile_is_not_lost(house: Cast) -> None:
    for number in range(5):
        a, b, relative = people_of(house, 5200 + 3 * number, 3)
        by, at = house.manager, house.at
        got = at_once([
            partial(merge, house, a, b),
            partial(actions.check_identity, customer=b, method="known", result="passed", by=by, at=at),
            partial(log_contact, customer=b, channel="phone", direction="in", purpose="other", outcome="reached", by=by, at=at),
            partial(opt_out, customer=b, by=by, at=at),
            partial(actions.add_family, customer=relative, relation="child", relative=b, by=by, at=at),
            partial(actions.update_archive, customer=b, changes={"address": "新家"}, by=by, at=at),
        ])  # fmt: skip
        made = got[0]
        assert isinstance(made, Merge), got
        assert {getattr(one, "code", "") for one in got[1:] if isinstance(one, Exception)} <= {"merged"}, got
        gather(merge=made, by=house.system, at=house.at)
        assert left_behind(b.pk) == {}


def test_the_offers_then_the_customers_then_the_numbers_are_locked(cast: Cast) -> None:
    first, second = customer_of(cast), customer_of(cast, "沈知霞", "10000000002")
    with lock_order() as tables:
        made = merge(cast, first, second)
    assert list(dict.fromkeys(tables))[:2] == ["assignments_assignment", "customers_customer"]
    with lock_order() as tables:
        undo(cast, made)
    assert tables[0] == "customers_customer"
