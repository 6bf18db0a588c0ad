"""Whatever plan is chosen, the same rows are found in the same order."""

from datetime import timedelta

import pytest

from kefu.customers.indexing import ARCHIVE, index
from kefu.customers.models import Customer
from kefu.foundation.jobs.registry import find as find_job
from kefu.foundation.search import engine
from kefu.foundation.search.counting import count_terms
from kefu.foundation.search.models import TermCount
from kefu.foundation.search.plans import Arm, Plan
from kefu.foundation.search.tokens import parse
from kefu.testing.scenes import scene

NAMES = ["王伟", "王伟民", "李王伟", "张伟", "欧阳明珠", "欧阳建国", "单雄信", "王小明", "陈明珠", "Anna Li"]
QUERIES = [
    "王",
    "王伟",
    "伟",
    "明珠",
    "珠",
    "w",
    "ww",
    "wang",
    "oy",
    "mz",
    "zhu",
    "138",
    "6",
    "1380000",
    "0003",
    "anna",
    "王 0001",
    "路",
    "中山",
    "中山路",
    "xyz",
]


@scene
def people(cast):
    """Sixty people in three nodes, some with owners."""
    rows = []
    for number in range(60):
        node = (cast.bj, cast.sh, cast.hq)[number % 3]
        person = Customer(
            name=NAMES[number % len(NAMES)], node=node, created_by=cast.manager, created_at=cast.at - timedelta(minutes=number % 7),
            address="中山路 1 号" if number % 4 == 0 else "", health_manager=cast.manager if number % 5 == 0 else None,
        )  # fmt: skip
        index(person, [f"138{number:08}"])
        rows.append(person)
    return Customer.objects.bulk_create(rows)


def scopes(cast):
    own = f"t.node_id IN ({cast.bj.pk})"
    return {
        "everywhere": None,
        "two nodes": [Arm("node_id", [cast.bj.pk, cast.sh.pk], partition=True)],
        "own and pool": [
            Arm("health_manager_id", [cast.manager.pk], own),
            Arm("node_id", [cast.bj.pk], "t.health_manager_id IS NULL", partition=True),
        ],
        "nothing": [],
    }


@pytest.mark.parametrize("scope", ["everywhere", "two nodes", "own and pool", "nothing"])
@pytest.mark.parametrize("text", QUERIES)
def test_every_plan_finds_the_same(cast, people, monkeypatch, scope, text):
    arms, query = scopes(cast)[scope], parse(text)
    answers = []
    for plan in (Plan.GATHER, Plan.WALK, Plan.WALK_ARMS):
        if (plan is Plan.GATHER and not query.tokens) or (plan is Plan.WALK_ARMS and not arms):
            continue
        monkeypatch.setattr(engine, "choose", lambda *args, plan=plan, **kwargs: plan)
        answers.append(engine.find(ARCHIVE, query, arms=arms, limit=15))
    assert all(answer == answers[0] for answer in answers)
    assert bool(answers[0]) == (scope != "nothing" and text != "xyz")


def test_nobody_is_found_twice(cast, people):
    count_terms(ARCHIVE)
    found = engine.find(ARCHIVE, parse("王"), arms=scopes(cast)["own and pool"], limit=50)
    assert len(found) == len(set(found))


def test_the_count_knows_frequent_terms_nodes_and_the_whole(cast, people):
    count_terms(ARCHIVE)
    count_terms(ARCHIVE)  # counting again replaces
    counts = dict(TermCount.objects.filter(target=ARCHIVE.code).values_list("term", "rows"))
    assert counts[""] == 60
    assert counts[f"@{cast.bj.pk}"] == 20
    assert counts["王"] == 24
    assert counts["^王"] == 18
    assert counts["wang"] == 24


def test_the_count_is_kept_each_night(cast, people):
    find_job("search.count_grams").perform({}, at=cast.at)
    assert TermCount.objects.filter(target=ARCHIVE.code, term="").get().rows == 60


def test_an_empty_table_is_counted_too(cast):
    assert count_terms(ARCHIVE) == 0
    assert engine.find(ARCHIVE, parse("王"), arms=None, limit=20) == []


def test_no_generic_plans(settings):
    """Without server-side binding every statement is planned for its own values."""
    assert not settings.DATABASES["default"].get("OPTIONS", {}).get("server_side_binding")
