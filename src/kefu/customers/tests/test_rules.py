"""Decisions that need no table."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kefu.customers.rules import Identity, PhoneOwner, age_on, mask_number, missing_fields, phone_identity, three_way


@pytest.mark.parametrize(("on", "age"), [(date(2026, 6, 11), 40), (date(2026, 6, 12), 41), (date(2027, 6, 11), 41)])
def test_age_counts_full_years(on, age):
    assert age_on(on, birth_date=date(1985, 6, 12)) == age


def test_somebody_born_on_a_leap_day_is_older_on_the_first_of_march():
    assert age_on(date(2027, 2, 28), birth_date=date(2000, 2, 29)) == 26
    assert age_on(date(2027, 3, 1), birth_date=date(2000, 2, 29)) == 27


def test_a_stated_age_grows_with_the_years():
    assert age_on(date(2026, 11, 22), stated=40, stated_on=date(2025, 11, 23)) == 40
    assert age_on(date(2026, 11, 23), stated=40, stated_on=date(2025, 11, 23)) == 41
    assert age_on(date(2026, 11, 23)) is None


@given(
    st.dates(date(1900, 1, 1), date(2090, 1, 1)),
    st.dates(date(1900, 1, 1), date(2090, 1, 1)),
    st.dates(date(1900, 1, 1), date(2090, 1, 1)),
)
def test_nobody_gets_younger(born, earlier, later):
    earlier, later = sorted((max(born, earlier), max(born, later)))
    assert 0 <= age_on(earlier, birth_date=born) <= age_on(later, birth_date=born)


FIELDS = ("name", "age", "contact", "doctor", "health_manager", "node", "source", "remarks")


@pytest.mark.req("CUS-001")
@given(st.sets(st.sampled_from(FIELDS)))
def test_exactly_what_is_missing_is_named(missing):
    present = {field: field not in missing for field in FIELDS}
    named = missing_fields(
        name="沈知夏" if present["name"] else " ",
        age_known=present["age"],
        **{key: present[key] for key in FIELDS if key not in ("name", "age")},
    )
    assert named == [field for field in FIELDS if field in missing]


@pytest.mark.parametrize(
    ("owner", "archive", "family_of", "decision"),
    [
        (None, True, None, Identity.OWN),
        (PhoneOwner(1, active=True), False, None, Identity.SUGGEST),
        (PhoneOwner(1, active=True), True, None, Identity.REFUSE),
        (PhoneOwner(1, active=True), True, 2, Identity.REFUSE),
        (PhoneOwner(1, active=True), True, 1, Identity.SHARED),
        (PhoneOwner(1, active=False), True, None, Identity.TAKE_OVER),
        (PhoneOwner(1, active=False), False, None, Identity.SUGGEST),
    ],
)
def test_what_becomes_of_a_number(owner, archive, family_of, decision):
    assert phone_identity(owner, archive=archive, family_of=family_of) == decision


VALUES = st.dictionaries(st.sampled_from("abc"), st.sampled_from(["", "1", "2"]))


@given(VALUES, VALUES, VALUES)
def test_nothing_anybody_changed_is_lost_unseen(base, mine, theirs):
    merged = three_way(base, mine, theirs)
    for field, value in mine.items():
        stored, began = theirs.get(field, ""), base.get(field, "")
        if field in merged.changes:
            assert stored == began != value
        elif field in merged.conflicts:
            assert len({stored, began, value}) == 3
        else:
            assert value in (stored, began)


@given(st.text(alphabet="0123456789ABCX", max_size=40))
def test_a_masked_number_never_shows_more_than_its_end(number):
    masked = mask_number(number)
    shown = masked.removeprefix("****")
    assert number.endswith(shown)
    assert len(shown) <= min(4, len(number) // 3)
    assert masked.startswith("****") == bool(number)
