"""Job type, skill, shift group, stage, reserve, locker: written for many at once, read as of any day."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kefu.foundation.audit.models import AuditEntry
from kefu.kernel.errors import Forbidden, Invalid
from kefu.people import actions
from kefu.people.choices import Attribute
from kefu.people.models import StaffAttribute
from kefu.people.queries import holding, staff_on


@pytest.mark.req("ORG-015")
def test_what_was_so_on_a_day_stays_so_for_that_day(cast):
    people = [cast.service, cast.manager]
    begin, change = date(2026, 3, 1), date(2026, 9, 1)
    first = {
        "job_type": "客服",
        "skill": "beginner",
        "shift_group": "早班一组",
        "stage": "trainee",
        "reserve": "yes",
        "part_time": "yes",
    }
    assert actions.set_attributes(people=people, changes=first, valid_from=begin, by=cast.admin, at=cast.at) == 2
    actions.set_attributes(
        people=[cast.service], changes={"stage": "regular", "skill": "key", "reserve": "no"}, valid_from=change, by=cast.admin, at=cast.at
    )  # fmt: skip
    actions.set_attributes(
        people=[cast.service], changes={"locker": "A12"}, valid_from=begin, by=cast.admin, at=cast.at
    )
    actions.write_profile(user=cast.service, changes={"started_on": begin}, by=cast.admin, at=cast.at)

    before = staff_on(people, change - timedelta(days=1))[cast.service.pk]
    assert (before.job_type, before.skill, before.shift_group, before.stage) == (
        "客服",
        "beginner",
        "早班一组",
        "trainee",
    )
    assert (before.reserve, before.part_time, before.locker, before.started_on) == (True, True, "A12", begin)
    after = staff_on(people, change)
    assert (after[cast.service.pk].stage, after[cast.service.pk].skill, after[cast.service.pk].reserve) == (
        "regular",
        "key",
        False,
    )
    assert (after[cast.service.pk].shift_group, after[cast.service.pk].locker) == ("早班一组", "A12")
    assert after[cast.manager.pk].stage == "trainee"
    assert staff_on(people, begin - timedelta(days=1))[cast.service.pk].stage == ""
    assert set(holding(Attribute.RESERVE, "yes", begin)) == {cast.service.pk, cast.manager.pk}
    assert set(holding(Attribute.RESERVE, "yes", change)) == {cast.manager.pk}


def test_reading_costs_the_same_for_one_and_for_all(cast):
    everybody = [cast.service, cast.manager, cast.manager2, cast.guide]
    actions.set_attributes(
        people=everybody, changes={"stage": "regular"}, valid_from=cast.at.date(), by=cast.admin, at=cast.at
    )
    for people in (everybody[:1], everybody):
        with CaptureQueriesContext(connection) as queries:
            staff_on(people, cast.at.date())
        assert len(queries) == 2


def test_the_same_day_corrects_and_the_same_value_writes_nothing(cast):
    given = {"people": [cast.guide], "valid_from": cast.at.date(), "by": cast.admin, "at": cast.at}
    assert actions.set_attributes(changes={"shift_group": "早班"}, **given) == 1
    assert actions.set_attributes(changes={"shift_group": "早班", "reserve": "no"}, **given) == 0
    assert actions.set_attributes(changes={"shift_group": "晚班"}, **given) == 1
    assert [row.value for row in StaffAttribute.objects.all()] == ["晚班"]
    assert AuditEntry.objects.filter(code="people.attributes.set").latest("pk").changes["shift_group"] == [
        "早班",
        "晚班",
    ]


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"stage": "boss"}, "stage"), ({"shoe_size": "42"}, "shoe_size"), ({"job_type": "很" * 41}, "job_type")],
)
def test_wrong_values_are_named(cast, changes, field):
    with pytest.raises(Invalid) as wrong:
        actions.set_attributes(
            people=[cast.guide], changes=changes, valid_from=cast.at.date(), by=cast.admin, at=cast.at
        )
    assert [error.field for error in wrong.value.errors] == [field]


def test_a_locker_is_one_persons_at_a_place(cast):
    day = cast.at.date()
    give = {"changes": {"locker": "7"}, "by": cast.admin, "at": cast.at}
    actions.set_attributes(people=[cast.guide], valid_from=day, **give)
    with pytest.raises(Invalid, match="何示远在用 7 号柜"):
        actions.set_attributes(people=[cast.keeper], valid_from=day, **give)
    with pytest.raises(Invalid):
        actions.set_attributes(people=[cast.sh_doctor, cast.sh_manager], valid_from=day, **give)
    actions.set_attributes(people=[cast.sh_doctor], valid_from=day, **give)
    actions.set_attributes(people=[cast.guide], valid_from=day, **give | {"changes": {"locker": ""}})
    actions.set_attributes(people=[cast.keeper], valid_from=day, **give)


def test_no_is_a_word_where_words_are_kept(cast):
    day = cast.at.date()
    actions.set_attributes(
        people=[cast.guide], changes={"shift_group": "no", "reserve": "no"}, valid_from=day, by=cast.admin, at=cast.at
    )
    now = staff_on([cast.guide], day)[cast.guide.pk]
    assert (now.shift_group, now.reserve) == ("no", False)


def test_only_who_keeps_the_register_writes(cast):
    given = {"changes": {"stage": "regular"}, "valid_from": cast.at.date(), "at": cast.at}
    with pytest.raises(Forbidden):
        actions.set_attributes(people=[cast.guide], by=cast.director, **given)
    with pytest.raises(Invalid):
        actions.set_attributes(people=[], by=cast.admin, **given)


@pytest.mark.req("ORG-015")
def test_many_are_written_on_one_page(cast, login):
    page, address = login(cast.admin), "/staff/attributes/"
    form = {
        "people": [cast.service.pk, cast.guide.pk],
        "valid_from": "2026-11-23",
        "shift_group": "早班一组",
        "stage": "probation",
        "reserve": "yes",
    }
    assert page.post(address, form | {"people": []}).status_code == 422
    assert page.post(address, form | {"locker": "9"}).status_code == 422
    assert page.post(address, form).status_code == 302
    pool = page.get(f"{address}?show=reserve").content.decode()
    assert "周示远" in pool and "何示远" in pool and "何示文" not in pool
    assert "何示远" in page.get(f"{address}?q=早班一组").content.decode()
    assert (
        page.post(address, form | {"people": [cast.guide.pk], "shift_group": "-", "reserve": "no"}).status_code == 302
    )
    assert "何示远" not in page.get(f"{address}?show=reserve").content.decode()
    history = page.get(f"/staff/{cast.guide.pk}/attributes/").content.decode()
    assert "试用期" in history and "用工阶段" in history

    reader = login(cast.director)
    shown = reader.get(address).content.decode()
    assert "何示远" in shown and "周示远" not in shown
    assert reader.get(f"/staff/{cast.service.pk}/attributes/").status_code == 404
    assert reader.post(address, form | {"people": [cast.guide.pk]}).status_code == 403
