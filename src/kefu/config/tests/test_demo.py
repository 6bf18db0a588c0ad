"""The demo world, loaded once and looked at from all sides."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, time
from pathlib import Path

import pytest
from django.db import transaction
from django.db.models import Sum
from django.test import Client, override_settings
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker

from kefu.appointments.models import Appointment
from kefu.config.demo import load, load_if_empty, loading
from kefu.config.demo.world import World, read
from kefu.config.errors import MissingPrerequisite, UsageError
from kefu.customers.models import Customer, Flag, Referral, Segment, TimelineLine
from kefu.customers.permissions import CustomerPermission
from kefu.customers.queries import with_phone
from kefu.customers.queries.segments import in_segment
from kefu.customers.queries.standing import TrackingFilter, trackings
from kefu.followup.models import FollowUp
from kefu.foundation.access.queries import access_of
from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.worktime.queries import calendar_for
from kefu.journey.models import Journey, JourneyEntry
from kefu.kernel.worktime import is_workday
from kefu.kernel.worktime.calendars import SHANGHAI
from kefu.lab.models import Message, Order, Report
from kefu.lab.permissions import LabPermission
from kefu.messaging.queries import opted_out
from kefu.organisation.models import Node, User
from kefu.people.models import Agreement, Departure, Institution, InstitutionRole
from kefu.people.queries import latest_regions
from kefu.sales.models import Purchase
from kefu.stock.models import Balance, Warehouse
from kefu.stock.queries import drift

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI)
KITS = ["BLOOD", "BLOODL", "ELEM", "DBS", "URINE", "URINEL", "SALIVA", "STOOL", "DETOX"]
BEST_SELLING = ["N-001", "N-002", "N-004", "N-010", "N-014", "N-017", "N-019", "N-025", "N-030"]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    path = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KEFU_HOME", str(path))
        yield path


@pytest.fixture(scope="module")
def world(home: Path, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """The whole module looks at one loading, which is undone at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        assert load_if_empty(at=NOW)
        yield read(NOW)
        transaction.set_rollback(True)


def customer(name: str) -> Customer:
    return Customer.objects.select_related("node").get(name=name)


def person(username: str) -> User:
    return User.objects.get(username=username)


def test_every_customer_stands_where_the_story_says(world: World) -> None:
    wanted = {row["name"]: row["journey_node"] for row in world.rows("customers")}
    stands = {}
    for row in Customer.objects.all():
        journey = Journey.objects.filter(customer=row).latest("pk")
        done = JourneyEntry.objects.filter(journey=journey, kind="done").select_related("node")
        stands[row.name] = max(done, key=lambda entry: entry.node.order).node.code
    assert len(stands) == 12
    assert stands == wanted


def test_balances_are_the_sum_of_their_moves(world: World) -> None:
    assert drift() == []
    assert not Balance.objects.filter(quantity__lt=0).exists()


@pytest.mark.parametrize("warehouse", ["WH-BJ", "WH-SH", "WH-GZ"])
def test_every_centre_has_all_kits_and_the_best_selling_products(world: World, warehouse: str) -> None:
    held = dict(
        Balance.objects.filter(zone__warehouse__code=warehouse, quality="good", zone__purpose="shelf")
        .values_list("lot__product__code").annotate(Sum("quantity")).order_by()
    )  # fmt: skip
    wanted = [f"S-K-{kit}" for kit in KITS] + BEST_SELLING
    assert [code for code in wanted if held.get(code, 0) < 5] == []


@pytest.mark.req("ORG-012")
@pytest.mark.req("ORG-007")
def test_partners_have_their_agreements_and_suppliers_their_parts(world: World) -> None:
    signed = Agreement.objects.order_by("number").values_list(
        "institution__code", "mode", "items", "signed_by__job_number"
    )
    assert list(signed) == [
        ("PT-01", "referral", ["样本代采", "客户转介"], "1003"), ("PT-02", "franchise", ["品牌加盟", "产品供应"], "1003"),
    ]  # fmt: skip
    parts = InstitutionRole.objects.values_list("part", flat=True)
    assert {part: list(parts).count(part) for part in parts} == {
        "partner": 1, "franchise": 1, "manufacturer": 3, "courier": 2, "survey_institution": 1,
    }  # fmt: skip
    assert latest_regions(Institution.objects.get(code="SUP-C1")).count() == 2


def test_archive_numbers_follow_the_order_of_the_interviews(world: World) -> None:
    issued = TimelineLine.objects.filter(said="customers.archive.numbered").order_by("at")
    numbers = [line.values["number"] for line in issued]
    assert numbers[0] == "HA2500001"
    assert numbers[1:] == [f"HA26{number:05d}" for number in range(1, 10)]


def test_everything_happened_before_now_on_working_days(world: World) -> None:
    calendars = {node.pk: calendar_for(node) for node in Node.objects.all()}
    lines = TimelineLine.objects.values_list("customer__node_id", "at", "said")
    moments = [(node, timezone.localtime(at), item) for node, at, item in lines]
    assert max(at for _node, at, _item in moments) < NOW
    assert [(at, item) for _node, at, item in moments if not time(8) <= at.time() < time(18)] == []
    assert [(at, item) for node, at, item in moments if not is_workday(calendars[node], at.date())] == []


def test_every_step_is_in_the_trail_under_somebody(world: World) -> None:
    rows = AuditEntry.objects.filter(customer_id__isnull=False)
    assert rows.filter(by__isnull=True).count() == 0
    assert set(rows.values_list("customer_id", flat=True)) == set(Customer.objects.values_list("pk", flat=True))


def test_logins_are_written_for_their_owner_only(world: World, home: Path) -> None:
    path = home / "logins.json"
    logins = json.loads(path.read_text(encoding="utf-8"))
    assert path.stat().st_mode & 0o777 == 0o600
    assert [row["role"] for row in logins[:7]] == [
        "manager",
        "doctor",
        "consulting",
        "service",
        "keeper",
        "director",
        "admin",
    ]
    assert len({row["password"] for row in logins}) == len(logins) == 15
    for row in logins:
        assert set(row) == {"role", "username", "password", "person", "job_number", "node"}
    assert logins[0] | {"password": ""} == {
        "role": "manager", "username": "manager", "password": "", "person": "何示文", "job_number": "2004", "node": "BJ-CY",
    }  # fmt: skip
    places = {row["role"]: row["node"] for row in logins}
    assert {places[role] for role in ("manager", "doctor", "keeper", "director")} == {"BJ-CY"}
    assert {Node.objects.get(code=places[role]).parent.code for role in ("consulting", "service")} == {"HQ"}


def test_a_person_of_the_demo_can_log_in_and_work(world: World, home: Path) -> None:
    manager = json.loads((home / "logins.json").read_text())[0]
    client = Client()
    client.post("/login/", {"name": manager["username"], "password": manager["password"]})
    assert client.get("/").status_code == 200
    assert "沈知夏" in client.get("/customers/").content.decode()


def test_only_the_written_accounts_have_a_password(world: World) -> None:
    people = User.objects.filter(is_system=False)
    assert people.count() == 40
    assert sum(user.has_usable_password() for user in people) == 15
    assert all(user.is_demo for user in people)


def test_the_administrator_may_look_at_everything_but_unreviewed_results(world: World) -> None:
    access = access_of(person("admin"))
    assert access.may(CustomerPermission.ARCHIVE_VIEW)
    assert access.may(LabPermission.REPORT_READ)
    assert not access.may(LabPermission.REPORT_UNREVIEWED)
    assert not access.may(LabPermission.REPORT_APPROVE)


def test_departments_of_head_office_reach_all_centres_and_centres_their_own(world: World) -> None:
    seen = {
        who: Customer.objects.visible_to(person(who)).count() for who in ("consulting", "service", "director", "admin")
    }
    assert seen == {"consulting": 12, "service": 12, "director": 7, "admin": 12}
    assert set(Customer.objects.visible_to(person("doctor")).values_list("name", flat=True)) == {
        "沈知夏", "陶映川", "邱怀远", "闻家宁",
    }  # fmt: skip


def test_an_old_customer_has_walked_twice(world: World) -> None:
    cheng = customer("程望舒")
    assert list(Journey.objects.filter(customer=cheng).order_by("pk").values_list("state", flat=True)) == [
        "closed",
        "open",
    ]
    assert Report.objects.filter(order__customer=cheng, kind="overall", status="interpreted").count() == 2
    open_kinds = set(FollowUp.objects.filter(customer=cheng, state="open").values_list("kind", flat=True))
    assert open_kinds <= {"after_report", "holiday", "retest", "refill"}
    assert not FollowUp.objects.filter(customer=cheng, state="open", due_at__lt=NOW - loading.SETTLING).exists()


def test_journeys_in_followup_are_not_overdue_for_ever(world: World) -> None:
    journeys = Journey.objects.filter(node__code="followup", state="open")
    assert {journey.customer.name: journey.due_at for journey in journeys} == {"程望舒": None, "贺秋实": None}


def test_a_corrected_result_made_a_second_version(world: World) -> None:
    reports = Report.objects.filter(order__customer=customer("欧阳听澜"), kind="item", order_item__item__code="T-CVR")
    assert list(reports.order_by("version").values_list("version", "status")) == [(1, "superseded"), (2, "approved")]


def test_a_rejected_sample_was_taken_again_and_nothing_bought(world: World) -> None:
    jia = customer("贾南星")
    assert list(Order.objects.get(customer=jia).samples.order_by("pk").values_list("state", flat=True)) == [
        "rejected",
        "accepted",
    ]
    assert not Purchase.objects.filter(customer=jia).exists()
    reasons = JourneyEntry.objects.filter(journey__customer=jia, kind="skipped").values_list("node__code", "reason")
    assert dict(reasons) == dict.fromkeys(("product_ordered", "product_dispatched"), "客户暂不购买，一年后再联系")


def test_who_wants_no_calls_gets_none(world: World) -> None:
    he = customer("贺秋实")
    assert not FollowUp.objects.filter(customer=he, state="open").exists()
    assert opted_out(he) is not None


def test_one_telephone_belongs_to_a_family_of_three(world: World) -> None:
    found = with_phone(person("manager"), "10000000008")
    assert [one.name for one in found] == ["闻小棠", "闻子衿", "闻家宁"]
    signature = Order.objects.get(customer=customer("闻子衿")).signatures.get()
    assert (signature.signer, signature.signer_name) == ("guardian", "闻小棠")


def test_who_moved_belongs_to_the_new_centre_only(world: World) -> None:
    situ = customer("司徒景行")
    assert situ.node.code == "SH-XH"
    assert not Customer.objects.visible_to(person("manager")).filter(pk=situ.pk).exists()
    assert Customer.objects.visible_to(person("sh_manager")).filter(pk=situ.pk).exists()


def test_who_missed_a_visit_has_another(world: World) -> None:
    booked = Appointment.objects.filter(customer=customer("倪若安")).order_by("pk")
    assert [row.status for row in booked] == ["no_show", "booked"]
    assert booked[1].start > NOW


def test_the_laboratory_sent_every_result(world: World) -> None:
    assert Counter(Message.objects.values_list("state", "acknowledged")) == {("filed", "AA"): 10}


def test_damaged_goods_lie_in_quarantine(world: World) -> None:
    apart = Balance.objects.get(lot__code="DD26011", quality="damaged", quantity__gt=0)
    assert (apart.zone.code, apart.quantity) == ("WH-BJ-Q", 2)
    assert Warehouse.objects.count() == 4


def test_no_page_of_the_first_start_is_empty(world: World) -> None:
    manager = person("manager")
    overdue = trackings(manager, TrackingFilter(when="overdue"), NOW)
    assert [row.customer.name for row in overdue] == ["陶映川"]
    assert Referral.objects.get().referrer == customer("程望舒")
    assert list(Flag.objects.values_list("customer__name", "kind")) == [("邱怀远", "reduced_mobility")]
    groups = {}
    for group in Segment.objects.all():
        keeper = group.versions.get().by
        found = in_segment(Customer.objects.visible_to(keeper), keeper, group.pk, NOW.date())
        groups[group.name] = sorted(found.values_list("name", flat=True))
    assert groups == {"一年内消费满三千": ["程望舒"], "四十岁以上": ["司徒景行", "欧阳听澜"]}
    leaving = Departure.objects.get()
    assert (leaving.user.job_number, leaving.running, leaving.last_day > NOW.date()) == ("1016", True, True)


def test_it_is_loaded_once(world: World, home: Path) -> None:
    before = (home / "logins.json").read_bytes()
    assert load_if_empty(at=NOW) is False
    assert (home / "logins.json").read_bytes() == before
    with pytest.raises(UsageError, match="empty installation"):
        load(at=NOW)


def test_lost_logins_are_written_anew(world: World, home: Path) -> None:
    (home / "logins.json").unlink()
    assert load_if_empty(at=NOW) is False
    row = json.loads((home / "logins.json").read_text())[6]
    assert person("admin").check_password(row["password"])


@pytest.mark.django_db
def test_never_in_production(monkeypatch: pytest.MonkeyPatch) -> None:
    for action in (load, load_if_empty):
        with override_settings(PRODUCTION=True), pytest.raises(MissingPrerequisite, match="KEFU_ENV=production"):
            action(at=NOW)
    monkeypatch.setenv("KEFU_ENV", "production")
    with pytest.raises(MissingPrerequisite, match="KEFU_ENV=production"):
        load(at=NOW)
    assert not User.objects.exists()


@pytest.mark.django_db
def test_what_was_begun_is_undone_when_it_fails(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KEFU_HOME", str(tmp_path))

    def break_down(**_given: object) -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr(loading, "take_on_doctors", break_down)
    with pytest.raises(RuntimeError, match="power cut"):
        load(at=NOW)
    assert not User.objects.exists()
    assert not (tmp_path / "logins.json").exists()
