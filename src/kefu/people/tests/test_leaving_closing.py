"""The last day of somebody who leaves: the account closes, stays open, or works again."""

from datetime import date, timedelta

import pytest

from kefu.administration.actions.users import deactivate_user, reactivate_user
from kefu.foundation.api.actions import issue_token
from kefu.foundation.api.models import ApiToken
from kefu.foundation.assignments.models import Assignment
from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.notices.models import Notice
from kefu.kernel.errors import Forbidden, Invalid, Refused
from kefu.organisation.choices import SessionEnd
from kefu.organisation.models import LoginSession, User
from kefu.people import actions
from kefu.people.actions import departures
from kefu.people.models import Departure
from kefu.people.slots import leaving
from kefu.people.tests.leavers import WHY, given, leaves, ready
from kefu.testing.stories import customer_of


@pytest.mark.req("ORG-016")
def test_the_account_closes_on_the_last_day_when_nothing_is_held(cast):
    customer = customer_of(cast, "白示安", "10000000711")
    departure, night = leaves(cast, cast.manager, days=0), cast.at.replace(hour=23, minute=30)
    LoginSession.objects.create(user=cast.manager, key="k", began_at=cast.at, last_seen_at=cast.at)
    issue_token(user=cast.manager, name="手机", by=cast.manager, at=cast.at)

    assert actions.close_due_accounts(by=cast.system, at=night) == 0
    cast.manager.refresh_from_db()
    assert cast.manager.is_active
    for person in (cast.admin, cast.director):
        assert "还有 1 项没有移交" in Notice.objects.get(user=person, code="departure_held").text

    given(cast, departure, "customers.manager", [customer.pk], [cast.manager2])
    assert actions.close_due_accounts(by=cast.system, at=night) == 1
    cast.manager.refresh_from_db()
    departure.refresh_from_db()
    assert not cast.manager.is_active and departure.closed_at == night
    assert LoginSession.objects.get(user=cast.manager).ended_why == SessionEnd.CLOSED
    assert ApiToken.objects.get(user=cast.manager).revoked_at is not None
    assert departure.settled_at is None  # shared passwords are still to be changed
    ready(cast, departure)
    departure.refresh_from_db()
    assert departure.settled_at == cast.at
    assert AuditEntry.objects.get(code="administration.user.deactivated").reason == "个人发展"


def test_nobody_is_closed_before_the_last_day(cast):
    departure = leaves(cast, cast.guide, days=1)
    assert actions.close_due_accounts(by=cast.system, at=cast.at) == 0
    with pytest.raises(Refused, match="还没到最后一天"):
        actions.close_account(departure=departure, by=cast.admin, at=cast.at)


@pytest.mark.req("ORG-016")
def test_a_director_lets_an_account_close_with_a_reason_and_the_rest_stays_to_be_done(cast):
    customer = customer_of(cast, "白示安", "10000000711")
    departure = leaves(cast, cast.manager, days=0)
    with pytest.raises(Refused) as refused:
        actions.close_account(departure=departure, by=cast.admin, at=cast.at)
    assert refused.value.details == {"held": 1}
    with pytest.raises(Forbidden):
        actions.waive_handing_over(departure=departure, reason="急", by=cast.admin, at=cast.at)
    with pytest.raises(Invalid):
        actions.waive_handing_over(departure=departure, reason=" ", by=cast.director, at=cast.at)
    actions.waive_handing_over(departure=departure, reason="本人失联", by=cast.director, at=cast.at)
    actions.close_account(departure=departure, by=cast.admin, at=cast.at)
    ready(cast, departure)
    departure.refresh_from_db()
    assert (departure.waived_reason, departure.settled_at) == ("本人失联", None)
    assert [item.what for item in leaving(cast.director, cast.at)] == ["何示文"]

    given(cast, departure, "customers.manager", [customer.pk], [cast.manager2])
    departure.refresh_from_db()
    assert departure.settled_at == cast.at


def test_an_account_closed_at_once_leaves_its_work_on_the_list(cast):
    customer_of(cast, "白示安", "10000000711")
    deactivate_user(user=cast.guide, reason="重复的账号", by=cast.admin, at=cast.at)
    assert not Departure.objects.exists()
    deactivate_user(user=cast.manager, reason="账号被盗", by=cast.admin, at=cast.at)
    departure = Departure.objects.get()
    assert (departure.user, departure.reason, departure.closed_at, departure.settled_at) == (
        cast.manager,
        "unstated",
        cast.at,
        None,
    )
    actions.change_departure(
        departure=departure, reason="dismissed", last_day=departure.last_day, note="", by=cast.admin, at=cast.at
    )
    with pytest.raises(Invalid):
        actions.change_departure(
            departure=departure,
            reason="dismissed",
            last_day=cast.at.date() + timedelta(days=3),
            note="",
            by=cast.admin,
            at=cast.at,
        )


@pytest.mark.req("ORG-016")
def test_who_comes_back_is_not_leaving_any_more(cast, login):
    customer = customer_of(cast, "白示安", "10000000711")
    departure = leaves(cast, cast.manager, days=0)
    actions.waive_handing_over(departure=departure, reason="本人失联", by=cast.director, at=cast.at)
    actions.ask_to_take_over(
        departure=departure, code="customers.manager", ids=[customer.pk], takers=[cast.manager2], reason=WHY,
        by=cast.admin, at=cast.at,
    )  # fmt: skip
    actions.close_account(departure=departure, by=cast.admin, at=cast.at)
    page = login(cast.admin)
    page.post(f"/users/{cast.manager.pk}/closure/", {"open": "1", "reason": " "})
    assert not User.objects.get(pk=cast.manager.pk).is_active

    page.post(f"/users/{cast.manager.pk}/closure/", {"open": "1", "reason": "人找到了"})

    departure.refresh_from_db()
    assert (departure.closed_at, departure.cancelled_reason) == (None, "人找到了")
    assert Assignment.objects.get(kind="people.customers.manager").state == "withdrawn"
    assert not list(leaving(cast.director, cast.at))
    assert leaves(cast, User.objects.get(pk=cast.manager.pk)).running


def test_one_account_that_cannot_close_keeps_no_other_open(cast):
    """The last administrator cannot be closed; who leaves the same evening is."""
    leaves(cast, cast.admin, days=0)
    leaves(cast, cast.guide, days=0)
    cast.supervisor.grants.create(role=cast.director.grants.get().role, node=cast.hq, valid_from=date(2026, 1, 5))
    assert actions.close_due_accounts(by=cast.system, at=cast.at) == 1
    cast.guide.refresh_from_db()
    cast.admin.refresh_from_db()
    assert cast.admin.is_active and not cast.guide.is_active
    assert "账号没能自动关闭" in Notice.objects.get(user=cast.supervisor, code="departure_held").text


def test_a_departure_settled_meanwhile_is_not_taken_back(cast, monkeypatch):
    departure = leaves(cast, cast.guide, days=0)
    actions.close_account(departure=departure, by=cast.admin, at=cast.at)
    seen = Departure.objects.select_related("user", "node").get(pk=departure.pk)
    monkeypatch.setattr(departures, "leaving_now", lambda user: seen)
    ready(cast, departure)  # the last task is ticked between the look and the lock
    reactivate_user(user=User.objects.get(pk=cast.guide.pk), reason="回来了", by=cast.admin, at=cast.at)
    departure.refresh_from_db()
    assert (departure.settled_at, departure.closed_at, departure.cancelled_at) == (cast.at, cast.at, None)
