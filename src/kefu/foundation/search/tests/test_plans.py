"""Rare terms are gathered, frequent ones walked; the numbers are those of a million people."""

import pytest

from kefu.foundation.search.plans import Arm, Plan, choose
from kefu.foundation.search.tokens import parse

MILLION = 1_000_000
COUNTS = {
    "": MILLION,
    "王": 134_558,
    "小明": 8_031,
    "芳": 3_926,
    "中山": 41_386,
    "山路": 41_386,
    "8899": 500,
    "@1": 100_000,
    "@2": 100_000,
    "@3": 500,
}


@pytest.mark.parametrize(
    ("text", "nodes", "plan"),
    [
        ("王", None, Plan.WALK),
        ("小明", None, Plan.WALK),
        ("芳", None, Plan.GATHER),
        ("珠", None, Plan.GATHER),  # not counted: rare
        ("王 珠", None, Plan.GATHER),
        ("中山路", None, Plan.WALK),
        ("中山路8899", None, Plan.GATHER),
        ("602", None, Plan.WALK),
        ("王", [1], Plan.WALK_ARMS),
        ("王", [1, 2], Plan.WALK_ARMS),
        ("小明", [3], Plan.WALK_ARMS),  # the whole node is smaller than what would be gathered
        ("芳", [1, 2], Plan.GATHER),
    ],
)
def test_the_plan_that_reads_the_fewest_rows(text, nodes, plan):
    arms = [Arm("node_id", nodes, partition=True)] if nodes else []
    assert choose(parse(text).runs, COUNTS, arms=arms, wanted=20) == plan


def test_nodes_that_cover_everything_are_walked_as_one():
    counts = {"": MILLION, "王": 134_558, **{f"@{node}": 50_000 for node in range(20)}}
    arms = [Arm("node_id", range(20), partition=True)]
    assert choose(parse("王").runs, counts, arms=arms, wanted=20) == Plan.WALK


def test_own_customers_are_walked_for_frequent_and_gathered_for_rare_terms():
    arms = [Arm("doctor_id", [7], "t.node_id IN (1)"), Arm("health_manager_id", [7], "t.node_id IN (1)")]
    assert choose(parse("王").runs, COUNTS, arms=arms, wanted=20) == Plan.WALK_ARMS
    assert choose(parse("8899").runs, COUNTS, arms=arms, wanted=20) == Plan.GATHER


def test_before_anything_was_counted_everything_is_gathered():
    assert choose(parse("王").runs, {}, arms=[], wanted=20) == Plan.GATHER
    assert choose(parse("60").runs, {}, arms=[], wanted=20) == Plan.WALK
