"""A manager is away; a colleague accepts to stand in, sees the customers, and the stand-in ends."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.utils import timezone

from kefu.administration.actions.stand_ins import end_stand_in, offer_stand_in
from kefu.foundation.access.checks import allowed
from kefu.foundation.access.rules import Needed, Permission, grants
from kefu.foundation.assignments.actions import accept, decline
from kefu.foundation.assignments.models import Assignment
from kefu.foundation.audit.models import AuditEntry
from kefu.kernel.errors import Forbidden, Invalid, OutOfScope, Refused
from kefu.organisation.models import Role, StandIn, User


class StoryPermission(Permission):
    """A right that health managers have over their own customers only."""

    OPEN_ARCHIVE = "story:stand_in:archive"


grants({StoryPermission.OPEN_ARCHIVE: ("customer_archive", Needed.ACT)})


@dataclass
class Customer:
    """A customer as the access layer sees one."""

    node_id: int
    owner_ids: frozenset[int]
    pool_right: Permission | None = None


@pytest.fixture
def mine(cast) -> Customer:
    return Customer(cast.bj.pk, frozenset({cast.manager.pk}))


def sees(user: User, customer: Customer) -> bool:
    return allowed(User.objects.get(pk=user.pk), StoryPermission.OPEN_ARCHIVE, customer=customer)


def ask(cast, now, **changes) -> StandIn:
    """The manager asks the colleague for the rest of the day, by the real clock: access counts by the database's."""
    asked = {
        "absent": cast.manager, "substitute": cast.manager2, "starts_at": now, "ends_at": now + timedelta(hours=8), "reason": "外出",
        "by": cast.manager, "at": now,
    }  # fmt: skip
    return offer_stand_in(**asked | changes)


@pytest.fixture
def now():
    return timezone.now() - timedelta(seconds=1)


def test_offered_accepted_used_and_ended(cast, mine, now):
    stand_in = ask(cast, now)
    assert not sees(cast.manager2, mine)

    accept(assignment=Assignment.objects.get(), by=cast.manager2, at=now)
    assert sees(cast.manager2, mine)
    assert StandIn.objects.get().accepted_at == now

    end_stand_in(stand_in=stand_in, by=cast.manager2, at=now)
    assert not sees(cast.manager2, mine)
    codes = AuditEntry.objects.filter(code__startswith="administration.stand_in").order_by("id")
    assert list(codes.values_list("code", flat=True)) == [
        "administration.stand_in.offered", "administration.stand_in.accepted", "administration.stand_in.ended",
    ]  # fmt: skip


def test_a_declined_or_expired_offer_changes_nothing(cast, mine, now):
    ask(cast, now)
    decline(assignment=Assignment.objects.get(), reason="我也休息", by=cast.manager2, at=now)
    assert not sees(cast.manager2, mine)

    ask(cast, now, substitute=cast.guide)
    with pytest.raises(Refused):
        accept(assignment=Assignment.objects.latest("pk"), by=cast.guide, at=now + timedelta(hours=9))
    assert StandIn.objects.filter(accepted_at__isnull=False).count() == 0


def test_an_offer_taken_back_can_not_be_accepted(cast, now):
    stand_in = ask(cast, now)
    end_stand_in(stand_in=stand_in, by=cast.manager, at=now)
    with pytest.raises(Refused):
        accept(assignment=Assignment.objects.get(), by=cast.manager2, at=now)


def test_whoever_makes_the_rota_arranges_for_others_and_steps_in_personally(cast, now, mine):
    with pytest.raises(Forbidden):
        ask(cast, now, by=cast.guide)
    with pytest.raises(OutOfScope):
        ask(cast, now, absent=cast.sh_manager, by=cast.director)
    ask(cast, now, by=cast.director)
    stepped_in = ask(cast, now, by=cast.director, substitute=cast.director)
    assert stepped_in.accepted_at == now
    with pytest.raises(OutOfScope):
        end_stand_in(stand_in=stepped_in, by=cast.guide, at=now)


def test_what_makes_no_sense_is_refused(cast, now):
    for wrong in ({"substitute": cast.manager}, {"substitute": cast.system}, {"reason": " "},
                  {"ends_at": now}, {"starts_at": now - timedelta(days=2), "ends_at": now - timedelta(days=1)}):  # fmt: skip
        with pytest.raises(Invalid):
            ask(cast, now, **wrong)
    ask(cast, now)
    with pytest.raises(Refused):
        ask(cast, now)


def test_the_page_asks_for_today_or_for_some_days(cast, login):
    page = login(cast.manager)
    form = {"absent": cast.manager.pk, "substitute": cast.manager2.pk, "period": "today", "reason": "外出开会"}

    assert page.post("/stand-ins/", form).status_code == 302
    today = StandIn.objects.get()
    assert (today.starts_at, today.ends_at) == (cast.at, cast.at.replace(hour=0) + timedelta(days=1))
    assert "等对方接受" in page.get("/stand-ins/").content.decode()
    assert "外出开会" in login(cast.manager2).get("/handovers/").content.decode()

    days = form | {"period": "days", "first_day": "2026-12-01", "last_day": "2026-11-30"}
    assert page.post("/stand-ins/", days).status_code == 422
    assert page.post("/stand-ins/", days | {"last_day": "2026-12-03"}).status_code == 302
    assert StandIn.objects.latest("pk").ends_at == cast.at.replace(month=12, day=4, hour=0)

    assert page.post(f"/stand-ins/{today.pk}/end/").status_code == 302
    assert StandIn.objects.get(pk=today.pk).ended_at == cast.at
    assert login(cast.guide).post(f"/stand-ins/{today.pk}/end/").status_code == 404


def test_a_manager_asks_only_for_himself(cast, login):
    shown = login(cast.manager).get("/stand-ins/").content.decode()
    absent = shown.split('name="absent"')[1].split("</select>")[0]
    assert absent.count("<option") == 1
    refused = login(cast.manager).post(
        "/stand-ins/", {"absent": cast.doctor.pk, "substitute": cast.manager2.pk, "period": "today", "reason": "…"}
    )
    assert refused.status_code == 422


def test_a_supervisor_arranges_today_for_somebody_who_did_not_come(cast, login):
    page = login(cast.director)
    assert f"/stand-ins/?absent={cast.manager.pk}" in page.get(f"/colleagues/{cast.manager.pk}/").content.decode()
    assert "?absent=" not in login(cast.guide).get(f"/colleagues/{cast.manager.pk}/").content.decode()
    shown = page.get(f"/stand-ins/?absent={cast.manager.pk}").content.decode()
    absent = shown.split('name="absent"')[1].split("</select>")[0]
    assert f'<option value="{cast.manager.pk}" selected>' in absent
    form = {"absent": cast.manager.pk, "period": "today", "reason": "今天没来"}
    asked = page.post("/stand-ins/", form | {"substitute": cast.manager2.pk}, follow=True).content.decode()
    assert "等对方接受后生效" in asked
    stepped_in = page.post("/stand-ins/", form | {"substitute": cast.director.pk}, follow=True).content.decode()
    assert "代班已生效" in stepped_in
    assert StandIn.objects.get(substitute=cast.director).accepted_at == cast.at


def test_whoever_makes_the_rota_of_the_whole_house_sees_every_stand_in(cast, login):
    offer_stand_in(
        absent=cast.sh_manager, substitute=cast.sh_doctor, starts_at=cast.at, ends_at=cast.at + timedelta(hours=8), reason="陪产假",
        by=cast.sh_manager, at=cast.at,
    )  # fmt: skip
    Role.objects.filter(code="service_supervisor").update(scope="all")
    shown = login(cast.supervisor).get("/stand-ins/").content.decode()
    assert "陪产假" in shown and "宋示宁" in shown
    assert shown.split('name="absent"')[1].split("</select>")[0].count("<option") > 10
    assert "陪产假" not in login(cast.guide).get("/stand-ins/").content.decode()
