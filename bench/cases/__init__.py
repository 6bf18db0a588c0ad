"""The cases, and measuring all of them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import replace

from bench.cases.appointments import BOOK, FREE
from bench.cases.customers import CREATE
from bench.cases.importing import IMPORT
from bench.cases.laboratory import INGEST
from bench.cases.outbox import SEND
from bench.cases.pages import LIST, PAGES
from bench.cases.searching import SEARCHES
from bench.cases.stock import STOCK
from bench.contests import Case, Contest, Result
from bench.databases import Database
from bench.ground import Ground, counting_queries, ground_of
from bench.measuring import WARM_UP, Work, in_turn

CASES: tuple[Case, ...] = (LIST, CREATE, IMPORT, *SEARCHES, BOOK, FREE, *STOCK, INGEST, SEND, *PAGES)
"""The list comes first: whoever the others register would stand on its first page, with less to show than the rest."""
WHOLE = "customer.search.two_characters"
"""The search whose row is the worst of its rare, middling and frequent terms."""


def measure(databases: Sequence[Database], *, only: str = "", times: int = 1) -> list[Result]:
    """Every case on every size, all sizes of a case in turn."""
    grounds = [ground_of(database) for database in databases]
    results: list[Result] = []
    for case in CASES:
        if only in case.name:
            sys.stdout.write(f"{case.name} ...\n")
            sys.stdout.flush()
            results += _run(replace(case, rounds=case.rounds * times), grounds)
    return results + _worst_search(results)


def _run(case: Case, grounds: Sequence[Ground]) -> list[Result]:
    stages: list[tuple[Ground, Contest, int]] = []
    for ground in grounds:
        ground.enter()
        for contest in case.prepare(ground, case.rounds + WARM_UP + 3):
            stages.append((ground, contest, _queries(contest)))
    work = [
        _at(ground, side) for ground, contest, _queries_ in stages for side in (contest.ours, contest.limit) if side
    ]
    medians = iter(in_turn(work, case.rounds))
    results = []
    for ground, contest, queries in stages:
        ours = next(medians) / case.per
        limit = next(medians) / case.per if contest.limit else None
        results.append(Result(case.name, ground.label, ours, limit, queries, case.unit, contest.detail))
    return [_worst([one for one in results if one.size == ground.label]) for ground in grounds]


def _at(ground: Ground, work: Work) -> Callable[[], object]:
    def there() -> object:
        ground.enter()
        return work()

    return there


def _queries(contest: Contest) -> int:
    """Counted on a second run: the first may read what a process keeps."""
    with counting_queries() as sent:
        contest.ours()
        return sent()


def _worst(results: Sequence[Result]) -> Result:
    return max(results, key=lambda result: result.ratio or result.ours_ms)


def _worst_search(results: Sequence[Result]) -> list[Result]:
    sizes = dict.fromkeys(result.size for result in results)
    ours = [[one for one in results if one.size == size and one.name.startswith(f"{WHOLE}.")] for size in sizes]
    return [replace(_worst(each), name=WHOLE) for each in ours if each]
