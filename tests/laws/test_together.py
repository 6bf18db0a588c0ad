"""Several people at the same moment, each on a connection of their own: everybody is served or refused, nobody is aborted."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.test import Client

from kefu.consultations.actions import conduct
from kefu.customers.exchange import CUSTOMERS
from kefu.customers.models import ContactPoint, Customer, Segment, TimelineLine
from kefu.foundation.exchange.models import ImportRun
from kefu.foundation.exchange.running import import_file
from kefu.journey.models import Journey
from kefu.journey.queries.positions import standing_of
from kefu.journey.tests.test_any_order import ACTS
from kefu.journey.tests.walking import INTERVIEW, Walk
from kefu.kernel.errors import Invalid, KefuError, Refused
from kefu.lab.actions import Finding, check_samples, issue_kit, place_order, record_signature
from kefu.lab.actions.reviews import approve_report, withdraw_approval
from kefu.lab.models import Order, Report
from kefu.lab.testing import items
from kefu.lab.testing_results import deliver, oru
from kefu.organisation.models import User
from kefu.people.actions import set_attributes
from kefu.stock.queries import drift
from kefu.testing.cast import Cast
from kefu.testing.races import at_once
from kefu.testing.stories import customer_of

ROUNDS = 6
EXPECTED = (KefuError, ObjectDoesNotExist)
"""What somebody may be told who came second: a refusal, or that there is nothing to work on."""


class GivenUp(Exception):
    """The visitor leaves before the interview is saved."""


@pytest.mark.req("CUS-004")
def test_archive_numbers_issued_together_rise_without_gap_or_double(house: Cast) -> None:
    people = [customer_of(house, f"客户{n}", f"1000000{2000 + n}") for n in range(8)]

    def interview(number: int) -> str:
        with transaction.atomic():
            conduct(customer=people[number], answers=INTERVIEW, by=house.doctor, at=house.at)
            if number == 3:
                raise GivenUp
        return str(Customer.objects.get(pk=people[number].pk).archive_number)

    got = at_once([partial(interview, number) for number in range(8)])
    assert [type(one) for one in got if not isinstance(one, str)] == [GivenUp]
    assert sorted(one for one in got if isinstance(one, str)) == [f"HA26{n:05}" for n in range(1, 8)]
    lines = TimelineLine.objects.filter(said="customers.archive.numbered").order_by("pk")
    assert [line.item[-9:] for line in lines] == [f"HA26{n:05}" for n in range(1, 8)]


def spreadsheet(people: Sequence[int]) -> bytes:
    head = "姓名,性别,年龄,电话,医生工号,健康管理师工号,分中心编码,客户来源,备注"
    lines = [f"名单{n},女,40,138{n:08},2002,2004,BJ,到店,老名单" for n in people]
    return "\n".join([head, *lines]).encode()


def bring(cast: Cast, content: bytes, mode: str = "commit") -> ImportRun:
    return import_file(spec=CUSTOMERS, content=content, name="名单.csv", mode=mode, by=cast.manager, at=cast.at)


def test_of_two_imports_of_one_list_at_once_one_is_refused(house: Cast) -> None:
    content = spreadsheet(range(20))
    got = at_once([partial(bring, house, content)] * 2)
    [run] = [one for one in got if isinstance(one, ImportRun)]
    assert [one.code for one in got if isinstance(one, Refused)] == ["already_imported"]
    assert (run.state, run.created) == ("done", 20)
    assert Customer.objects.filter(name__startswith="名单").count() == 20


@pytest.mark.parametrize("mode", ["commit", "good"])
def test_two_lists_of_the_same_people_in_opposite_order_make_everybody_once(house: Cast, mode: str) -> None:
    people = range(100, 130) if mode == "commit" else range(200, 230)
    lists = [spreadsheet(people), spreadsheet(people[::-1])]
    got = at_once([partial(bring, house, content, mode) for content in lists])
    assert sorted((one.created, one.bad) for one in got if isinstance(one, ImportRun)) == [(0, 30), (30, 0)]
    phones = ContactPoint.objects.filter(value__in=[f"138{n:08}" for n in people])
    assert Counter(phones.values_list("owns", flat=True)) == {True: 30}


def test_desks_and_an_import_that_wants_the_same_numbers_wait_for_each_other(house: Cast) -> None:
    people = range(300, 320)

    def desk(number: int) -> Customer:
        return customer_of(house, f"柜台{number}", f"138{number:08}")

    works = [partial(bring, house, spreadsheet(people), "good"), *(partial(desk, number) for number in people[::4])]
    run, *desks = at_once(works)
    assert isinstance(run, ImportRun), run
    assert {type(one) for one in desks} <= {Customer, Refused}, desks
    owners = ContactPoint.objects.filter(value__in=[f"138{n:08}" for n in people], owns=True)
    assert owners.count() == owners.values("value").distinct().count() == 20


def test_of_two_groups_of_one_name_one_is_kept_and_nobody_meets_a_fault(
    house: Cast, login: Callable[[User], Client]
) -> None:
    pages = [login(User.objects.get(pk=person.pk)) for person in (house.manager, house.manager2)]
    for number in range(ROUNDS):
        sent = {"name": f"常客{number}", "age_low": "40"}
        answers = at_once([partial(page.post, "/segments/new/", sent) for page in pages])
        assert sorted(getattr(answer, "status_code", 0) for answer in answers) == [302, 409], answers
        assert Segment.objects.filter(name=sent["name"]).count() == 1


def test_one_locker_is_given_to_one_of_two(house: Cast) -> None:
    for number in range(ROUNDS):
        got = at_once([
            partial(set_attributes, people=[person], changes={"locker": f"{number}"}, valid_from=house.at.date(), by=house.admin, at=house.at)
            for person in (house.guide, house.keeper)
        ])  # fmt: skip
        assert [type(one) for one in got].count(Invalid) == 1, got


def in_review(cast: Cast, name: str, phone: str) -> Walk:
    """A customer with two reports of one order, both waiting for review."""
    walk = Walk(cast, customer_of(cast, name, phone), cast.at + timedelta(days=1))
    walk.consultation()
    place_order(customer=walk.customer, doctor=cast.doctor, items=items("T-GEN", "T-VIT"), by=cast.doctor, at=walk.at)
    order: Order = walk.order
    record_signature(order=order, by=cast.manager, at=walk.at)
    issue_kit(order=order, by=cast.manager, at=walk.at)
    findings = [Finding(sample) for sample in order.samples.all()]
    check_samples(order=order, findings=findings, by=cast.consulting, at=walk.at)
    assert deliver(cast, oru(order, control_id=f"R{order.pk}"), days=2) == ("AA", "")
    return walk


def test_one_approves_while_another_withdraws(house: Cast) -> None:
    walk = in_review(house, "程望舒", "10000003001")
    first, second = (
        Report.objects.select_related("order__customer").filter(order=walk.order, kind="item").order_by("pk")
    )
    later = walk.at + timedelta(days=2)
    approve_report(report=first, by=house.consulting, at=later)
    for number in range(ROUNDS):
        leaving, coming = (first, second) if number % 2 == 0 else (second, first)
        got = at_once([
            partial(withdraw_approval, report=leaving, reason="数值要再看", by=house.consulting, at=later),
            partial(approve_report, report=coming, by=house.consulting, at=later),
        ])  # fmt: skip
        assert [type(one) for one in got] == [Report, Report], got
        states = Report.objects.filter(pk__in=[leaving.pk, coming.pk])
        assert dict(states.values_list("pk", "status")) == {leaving.pk: "arrived", coming.pk: "approved"}
        stands_as_told(walk.journey)


def test_a_whole_centre_at_one_customer(house: Cast) -> None:
    """Anybody does anything at the same moment, again and again."""
    storm(in_review(house, "闻家宁", "10000003002"), ROUNDS)


@pytest.mark.soak
def test_a_whole_centre_at_one_customer_for_long(house: Cast) -> None:
    """The same for minutes."""
    storm(in_review(house, "闻小棠", "10000003003"), 300)


def storm(walk: Walk, rounds: int) -> None:
    chance, house = random.Random(20261123), walk.cast
    people = ("doctor", "manager", "consulting", "service", "director")
    seen: Counter[type] = Counter()
    for _number in range(rounds):
        walk.at += timedelta(hours=1)
        hands = [(chance.choice(sorted(ACTS)), getattr(house, who)) for who in people for _twice in range(2)]
        got = at_once([partial(ACTS[act], Walk(house, walk.customer, walk.at), by) for act, by in hands])
        unexpected = [
            (hands[n][0], one)
            for n, one in enumerate(got)
            if isinstance(one, Exception) and not isinstance(one, EXPECTED)
        ]
        assert unexpected == []
        seen.update(type(one) for one in got)
        stands_as_told(walk.journey)
    assert drift() == []
    assert seen[Refused] > 0 < sum(count for kind, count in seen.items() if not issubclass(kind, Exception))


def stands_as_told(journey: Journey) -> None:
    """What is stored is what the history says."""
    now = standing_of(journey)
    if journey.state == "open":
        assert journey.node is not None
        assert (journey.node.code, journey.status_code) == (now.current, now.status_code)
    else:
        assert (journey.node, journey.status_code) == (None, "closed")
