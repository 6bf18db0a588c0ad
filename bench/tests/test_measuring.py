"""Contenders take turns, and the verdict is in the file and in the exit code."""

import json

from bench.cases import CASES
from bench.cases.pages import PAGES
from bench.contests import Result
from bench.measuring import WARM_UP, in_turn
from bench.report import BARS, judge, table, write


def test_everybody_runs_equally_often_and_in_turn():
    calls = []
    medians = in_turn([lambda: calls.append("ours"), lambda: calls.append("limit")], rounds=4)
    assert len(medians) == 2
    assert calls[: 2 * WARM_UP] == ["ours", "limit"] * WARM_UP
    assert calls[2 * WARM_UP :] == ["ours", "limit", "limit", "ours"] * 2


def result(name="customer.create", size="10k", ours=8.0, limit=2.0, queries=7):
    return Result(name, size, ours, limit, queries, "ms per customer")


def test_a_ratio_is_held_to_its_bar():
    held, missed = judge([result(ours=16.0), result(ours=16.2)])
    assert (held.measured, held.bar, held.held) == (8.0, 8, True)
    assert (round(missed.measured, 1), missed.held) == (8.1, False)
    assert "MISSED" in table([missed])


def test_a_page_may_not_grow_nor_ask_more():
    pages = [result("workbench", "10k", 100.0, None, 20), result("workbench", "100k", 129.0, None, 20)]
    assert [verdict.held for verdict in judge(pages)] == [True, True]
    assert [verdict.held for verdict in judge([pages[0], result("workbench", "100k", 131.0, None, 20)])] == [
        True,
        False,
    ]
    assert [verdict.held for verdict in judge([pages[0], result("workbench", "100k", 100.0, None, 21)])] == [
        True,
        False,
    ]


def test_what_must_stay_flat_may_not_grow_though_its_limit_does():
    month = "appointment.free_slots.month"
    small = result(month, "10k", 10.0, 10.0)
    assert [one.held for one in judge([small, result(month, "1m", 13.0, 12.0), result(month, "2m", 13.5, 13.0)])] == [
        True,
        True,
        False,
    ]


def test_every_case_with_a_limit_has_a_bar():
    """All but the pages, which have no limit."""
    assert [case.name for case in CASES if case not in PAGES and not any(map(case.name.startswith, BARS))] == []


def test_the_figures_are_kept_for_programs(tmp_path):
    write([result(), result("workbench", "100k", 90.123456, None)], tmp_path / "results.json")
    first, second = json.loads((tmp_path / "results.json").read_text())
    assert first == {
        "name": "customer.create",
        "size": "10k",
        "ours_ms": 8.0,
        "limit_ms": 2.0,
        "ratio": 4.0,
        "queries": 7,
        "unit": "ms per customer",
    }
    assert (second["ours_ms"], second["limit_ms"], second["ratio"]) == (90.1235, None, None)
