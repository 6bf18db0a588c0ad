"""The believable year, small: whatever is counted from one side is the same from the other."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.apps import apps
from django.db import transaction
from django.db.models import F, Max, Q, Sum
from pytest_django.plugin import DjangoDbBlocker

from kefu.appointments.models import (
    Appointment,
    AppointmentChange,
    AppointmentRequest,
    Renegotiation,
    ScheduleException,
    VisitType,
)
from kefu.billing.models import Charge
from kefu.config.demo.accounts import random_passwords
from kefu.config.demo.loading import found, load_if_empty
from kefu.config.demo.world import read
from kefu.config.demo.year import Played, build
from kefu.config.demo.year.agenda import Agenda, Course
from kefu.config.demo.year.building import SEED, fill, play
from kefu.config.demo.year.house import House
from kefu.config.demo.year.people import people
from kefu.config.errors import UsageError
from kefu.customers.models import Customer, Deal, Flag, Referral, Reward, Segment, Standing, TimelineLine
from kefu.followup.models import FollowUp
from kefu.foundation.audit.actions import seal_batch
from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.audit.queries import last_written, verify
from kefu.foundation.files.models import StoredFile
from kefu.foundation.outbox.models import OutboxMessage
from kefu.journey.models import Journey, JourneyEntry
from kefu.journey.queries.positions import standing_of
from kefu.kernel.worktime.calendars import SHANGHAI
from kefu.lab.models import KitIssue, Order, PaperReport, Report, Sample
from kefu.messaging.models import ContactAttempt
from kefu.messaging.models import Message as Letter
from kefu.organisation.models import StandIn, User
from kefu.people.models import Departure
from kefu.sales.models import Purchase, PurchaseLine, Shipment
from kefu.stock.models import Balance, IssueSlip, Move
from kefu.stock.queries import drift
from kefu.surveys.models import Opinion, Response

NOW = datetime(2026, 11, 23, 16, 0, tzinfo=SHANGHAI)
SIZE, REHEARSED = 18, 100


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    path = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KEFU_HOME", str(path))
        yield path


@dataclass(frozen=True)
class Year:
    """The year that was played, and what its beginning was when it was played before."""

    played: Played
    rehearsed: list[tuple[object, ...]]


@pytest.fixture(scope="module")
def year(home: Path, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Year]:
    """The whole module looks at one year, which is undone at the end; its first months were played once before and undone."""
    with django_db_blocker.unblock(), transaction.atomic(), ThreadPoolExecutor(max_workers=1) as pool:
        world = read(NOW)
        passwords = random_passwords(world, pool)
        found(world)
        with transaction.atomic():
            house = House(world, SIZE, SEED)
            play(house, until=house.day(REHEARSED))
            rehearsed = facts(house.day(REHEARSED))
            transaction.set_rollback(True)
        yield Year(fill(House(world, SIZE, SEED), passwords), rehearsed)
        transaction.set_rollback(True)


def facts(until: datetime) -> list[tuple[object, ...]]:
    lines = TimelineLine.objects.filter(at__lte=until).order_by("at", "customer__name", "said", "amount")
    return list(lines.values_list("at", "customer__name", "said", "amount"))


def said(code: str) -> int:
    return TimelineLine.objects.filter(said=code).exclude(kind="spending").count()


def test_the_house_refused_nothing_and_everybody_came(year: Year) -> None:
    assert year.played.refused == []
    assert year.played.steps > SIZE
    assert Customer.objects.count() == SIZE
    assert {name[1] for name in Customer.objects.values_list("name", flat=True)} == {"示"}
    assert Customer.objects.exclude(contacts__value__startswith="1000000").count() == 0


def test_some_come_to_nothing_and_some_go_all_the_way(year: Year) -> None:
    stages = Counter(Customer.objects.values_list("stage", flat=True))
    assert stages["active"] > SIZE / 3
    assert stages["lead"] + stages["closed"] > 2
    assert Report.objects.filter(kind="overall", status="interpreted").exists()
    assert Response.objects.filter(outcome="completed").exists()
    assert FollowUp.objects.filter(state="done").exists()
    assert Standing.objects.exists()


def test_nothing_happened_after_now(year: Year) -> None:
    looked = 0
    written = {User, StoredFile}  # their rows tell when they were written, by the real clock
    for model in set(apps.get_models()) - written:
        names = {field.name for field in model._meta.concrete_fields} if model._meta.managed else set()
        for name in names & {
            "at",
            "created_at",
            "booked_at",
            "placed_at",
            "recorded_at",
            "started_at",
            "done_at",
            "answered_at",
        }:
            looked += 1
            latest = model._base_manager.aggregate(latest=Max(name))["latest"]
            assert latest is None or latest <= NOW, f"{model.__name__}.{name} {latest}"
    assert looked > 50


def test_the_timelines_tell_what_the_tables_hold(year: Year) -> None:
    held = {
        "customers.lead.registered": Customer.objects.count(),
        "customers.archive.opened": Customer.objects.filter(archive_opened_at__isnull=False).count(),
        "customers.archive.numbered": Customer.objects.exclude(archive_number=None).count(),
        "appointments.booking.made": Appointment.objects.count(),
        "appointments.booking.moved": AppointmentChange.objects.filter(status="booked", before__isnull=False).count(),
        "appointments.booking.cancelled": Appointment.objects.filter(status="cancelled").count(),
        "lab.order.placed": Order.objects.count(),
        "lab.kit.issued": KitIssue.objects.count(),
        "lab.paper.made": PaperReport.objects.count(),
        "lab.report.interpreted": Order.objects.filter(interpreted_at__isnull=False).count(),
        "sales.purchase.prescribed": Purchase.objects.count(),
        "sales.purchase.dispatched": Shipment.objects.count(),
        "surveys.response.answered": Response.objects.filter(outcome="completed").count(),
        "surveys.opinion.answered": Opinion.objects.filter(state="answered").count(),
        "messaging.contact.logged": ContactAttempt.objects.count(),
        "customers.flag.set": Flag.objects.count(),
        "customers.deal.entered": Deal.objects.count(),
        "customers.referral.brought": Referral.objects.count(),
        "customers.referral.rewarded": Reward.objects.count(),
    }  # fmt: skip
    assert {code: said(code) for code in held} == held
    assert held["lab.order.placed"] > 3
    assert held["sales.purchase.dispatched"] > 0


def test_what_is_due_is_what_was_ordered_and_bought(year: Year) -> None:
    signed = Order.objects.filter(signatures__isnull=False).exclude(status="cancelled").distinct()
    tests = sum((order.total for order in signed), Decimal(0))
    bought = PurchaseLine.objects.filter(purchase__state__in=["signed", "dispatched"])
    goods = bought.aggregate(total=Sum(F("unit_price") * F("quantity")))["total"] or Decimal(0)
    charged = Charge.objects.filter(state="due").aggregate(total=Sum("amount"))["total"]
    assert charged == tests + goods
    assert tests > 0 < goods
    on_timelines = TimelineLine.objects.filter(kind="spending").aggregate(total=Sum("amount"))["total"]
    assert on_timelines == charged


def test_stock_is_what_came_in_less_what_went_out(year: Year) -> None:
    assert drift() == []
    assert not Balance.objects.filter(quantity__lt=0).exists()
    assert Balance.objects.aggregate(all=Sum("quantity"))["all"] == Move.objects.aggregate(all=Sum("quantity"))["all"]
    assert IssueSlip.objects.filter(to_warehouse=None).count() == KitIssue.objects.count() + Shipment.objects.count()
    left = -(
        Move.objects.filter(subject_kind="stock.issue_slip", kind="issue", quantity__lt=0).aggregate(
            all=Sum("quantity")
        )["all"]
        or 0
    )
    sent = PurchaseLine.objects.filter(purchase__state="dispatched").aggregate(all=Sum("quantity"))["all"] or 0
    assert left >= sent + KitIssue.objects.count()


def test_every_journey_stands_where_its_history_leads(year: Year) -> None:
    for journey in Journey.objects.filter(state="open").select_related("node"):
        now = standing_of(journey)
        assert journey.node is not None
        assert (journey.status_code, journey.node.code) == (now.status_code, now.current)
    done = Counter(JourneyEntry.objects.filter(kind="done").values_list("node__code", flat=True))
    assert done["consultation"] == Customer.objects.exclude(archive_number=None).count()
    assert done["kit_issued"] == Order.objects.filter(kit_issued_at__isnull=False).count()
    assert done["interpretation"] == Order.objects.filter(interpreted_at__isnull=False).count()
    assert not Sample.objects.filter(state="accepted", checked_at=None).exists()


def test_whatever_is_late_had_a_day_it_was_due(year: Year) -> None:
    open_ones = Journey.objects.filter(state="open").exclude(node__code="followup").exclude(node__clock_from__gt="")
    assert not open_ones.filter(due_at=None).exists()
    late = FollowUp.objects.filter(state="open", due_at__lt=NOW - timedelta(days=30)).count()
    assert late <= FollowUp.objects.count() * 0.05
    assert not Opinion.objects.filter(due_at__isnull=True).exists()
    assert not Standing.objects.filter(due_on__lt=F("tracked_on")).exists()


def test_every_fact_is_in_the_trail_under_somebody_and_the_chain_holds(year: Year) -> None:
    trail = set(AuditEntry.objects.filter(customer_id__isnull=False).values_list("customer_id", "at"))
    facts = set(TimelineLine.objects.values_list("customer_id", "at"))
    assert facts - trail == set()
    assert not AuditEntry.objects.filter(by=None, customer_id__isnull=False).exists()
    while seal_batch(until=last_written(), by=None, at=NOW) is not None:
        pass
    verdict = verify()
    assert (verdict.faults, verdict.unsealed) == ([], 0)
    assert verdict.rows == AuditEntry.objects.count()


def test_some_asked_online_and_doctors_who_fell_ill_left_nobody_without_a_word(year: Year) -> None:
    asked = Counter(AppointmentRequest.objects.values_list("state", flat=True))
    assert asked["booked"] > 0
    assert not AppointmentRequest.objects.filter(state="requested", due_at__lt=NOW - timedelta(days=1)).exists()
    assert not AppointmentRequest.objects.filter(state="booked", appointment=None).exists()
    online = Appointment.objects.filter(channel="online")
    assert online.count() == asked["booked"]
    assert ScheduleException.objects.filter(kind="leave", reason__contains="病假").count() == 4
    assert not Renegotiation.objects.filter(outcome="open", start__lt=NOW).exists()
    assert VisitType.objects.filter(node__code__in=["BJ-CY", "SH-XH"]).count() == 2


def test_messages_were_held_at_their_time_since_nothing_can_leave(year: Year) -> None:
    assert OutboxMessage.objects.exclude(state__in=["held", "pending", "cancelled"]).count() == 0
    old = OutboxMessage.objects.filter(state="pending", created_at__lt=NOW - timedelta(days=3))
    assert not old.exists()
    assert Letter.objects.exists()


def test_the_house_had_a_year_too(year: Year) -> None:
    leaver = Departure.objects.get(closed_at__isnull=False)
    assert [one.user.job_number for one in Departure.objects.running()] == ["1016"]
    assert (leaver.user.is_active, leaver.settled_at is not None) == (False, True)
    assert (
        not Customer.objects.filter(Q(health_manager=leaver.user) | Q(doctor=leaver.user))
        .exclude(stage="closed")
        .exists()
    )
    assert User.objects.filter(is_system=False, is_active=True).count() == 40
    assert StandIn.objects.filter(accepted_at__isnull=False).count() == 2
    assert Segment.objects.count() == 6


def test_the_accounts_are_those_of_the_small_world(year: Year, home: Path) -> None:
    logins = json.loads((home / "logins.json").read_text())
    assert [row["role"] for row in logins[:7]] == [
        "manager",
        "doctor",
        "consulting",
        "service",
        "keeper",
        "director",
        "admin",
    ]
    assert User.objects.get(username="manager").check_password(logins[0]["password"])


def test_it_is_built_once_and_the_first_start_leaves_it_alone(year: Year) -> None:
    with pytest.raises(UsageError, match="empty installation"):
        build(at=NOW, customers=1)
    assert load_if_empty(at=NOW) is False


@pytest.mark.django_db
def test_a_number_that_makes_no_sense_is_refused() -> None:
    for customers in (0, 10_000):
        with pytest.raises(UsageError, match="--customers"):
            build(at=NOW, customers=customers)


def test_the_same_seed_makes_the_same_year(year: Year) -> None:
    assert len(year.rehearsed) > SIZE
    assert facts(House(read(NOW), SIZE, SEED).day(REHEARSED)) == year.rehearsed


def test_another_seed_brings_other_people(year: Year) -> None:
    def names(seed: str) -> list[tuple[str, datetime]]:
        return [(walk.row["name"], comes) for walk, comes in people(House(read(NOW), SIZE, seed))]

    assert names("one") == names("one")
    assert names("one") != names("two")


def test_courses_go_on_in_the_order_of_their_moments() -> None:
    seen: list[tuple[str, int]] = []

    def every(name: str, hours: int) -> Course:
        at = NOW
        while True:
            at = yield at + timedelta(hours=hours)
            seen.append((name, at.hour))

    agenda = Agenda()
    agenda.begin("a", every("a", 2))
    agenda.begin("b", every("b", 3))
    assert agenda.play(NOW + timedelta(hours=6), lambda _at: None) == 5
    assert seen == [("a", 18), ("b", 19), ("a", 20), ("b", 22), ("a", 22)]
