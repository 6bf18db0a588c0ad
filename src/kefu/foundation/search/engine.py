"""Finding the first rows of a target: ranked exact, then beginning, then newest, within a scope, in one statement where possible.

Django binds parameters on the client and never reuses a generic plan, so every statement is planned for its own values; where server-side
binding is switched on, connect with `plan_cache_mode=force_custom_plan`.
"""

# ruff: noqa: S608  (names of tables and columns come from programmers, all values are parameters)

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection

from kefu.foundation.search.plans import Arm, Plan, choose
from kefu.foundation.search.tokens import Query, Run

FOUND = tuple[Any, ...]
"""An id, followed by what was asked to be shown."""


@dataclass(frozen=True)
class Target:
    """A table that can be searched. SQL fragments call its row `t`; they are written by programmers, never by users.

    `exact` and `start` rank a match and may use `%(text)s` (as typed) and `%(start)s` (a LIKE pattern, lower case). `scoped` are the
    columns that arms speak of, `order` those that sort the newest first.
    """

    code: str
    table: str
    exact: str
    start: str
    scoped: tuple[str, ...] = ()
    order: tuple[str, ...] = ("created_at", "id")
    grams: str = "grams"
    text: str = "search_text"  # empty: carrying the tokens must do
    where: str = ""
    partition: str = ""


@dataclass(frozen=True)
class Shown:
    """What is read of the rows found beside their ids: columns of the table `t` and of tables joined to it."""

    columns: tuple[str, ...] = ()
    join: str = ""


NOTHING = Shown()


@dataclass(frozen=True)
class _Match:
    """What rows of one rank must fulfil."""

    runs: tuple[Run, ...]
    condition: str  # what the tokens of the runs stand for, where that is not containing their text


def find(target: Target, query: Query, *, arms: Sequence[Arm] | None, limit: int) -> list[int]:
    """Ids of the first matches. `arms` None means no limit of scope, an empty sequence an empty scope."""
    return [row[0] for row in find_rows(target, query, arms=arms, limit=limit, shown=NOTHING)]


def find_rows(target: Target, query: Query, *, arms: Sequence[Arm] | None, limit: int, shown: Shown) -> list[FOUND]:
    """The same with what is shown of each match, read in the same statement."""
    if not query.runs or limit < 1 or (arms is not None and not any(arm.values for arm in arms)):
        return []
    reach = [arm for arm in arms if arm.values] if arms is not None else []
    counts = _counts(target, query, reach)
    if choose(query.runs, counts, arms=reach, wanted=limit) is Plan.GATHER:
        return _gather(target, query, query.runs, reach, limit, (), shown)
    found: list[FOUND] = []
    for match in _ranks(target, query):
        wanted = limit - len(found)
        if wanted <= 0:
            break
        plan = choose(match.runs, counts, arms=reach, wanted=wanted)
        seen = [row[0] for row in found]
        if plan is Plan.GATHER:
            found += _gather(target, query, match.runs, reach, wanted, seen, shown)
        else:
            found += _walk(target, query, match, plan, reach, wanted, seen, shown)
    return found


def _ranks(target: Target, query: Query) -> list[_Match]:
    """In a walk, names that are the query or begin with it come before the other matches."""
    ranks = []
    for token, condition in ((query.whole, target.exact), (query.start, target.start)):
        if token:
            (run,) = query.runs
            ranks.append(_Match((replace(run, tokens=(token,), exact=True),), f"({condition})"))
    return [*ranks, _Match(query.runs, "")]


def _counts(target: Target, query: Query, arms: Sequence[Arm]) -> Mapping[str, int]:
    partitions = [f"@{value}" for arm in arms if arm.partition for value in arm.values]
    terms = ["", *query.tokens, query.whole, query.start, *partitions]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT term, rows FROM search_termcount WHERE target = %s AND term = ANY(%s)", [target.code, terms]
        )
        return dict(cursor.fetchall())


def _gather(
    target: Target,
    query: Query,
    runs: Sequence[Run],
    arms: Sequence[Arm],
    limit: int,
    seen: Sequence[int],
    shown: Shown,
) -> list[FOUND]:
    columns = ", ".join(f"t.{column}" for column in dict.fromkeys(("id", *target.order, *target.scoped)))
    parameters = _parameters(query, limit, seen) | {
        "tokens": list(dict.fromkeys(t for run in runs for t in run.tokens))
    }
    conditions = [
        f"t.{target.grams} @> %(tokens)s::text[]",
        *_texts(target, runs, parameters, only_inexact=True),
        *_fixed(target, seen),
    ]
    sql = (
        f"WITH m AS MATERIALIZED (SELECT {columns}, coalesce({target.exact}, FALSE) AS is_whole, ({target.start}) AS is_start"
        f" FROM {target.table} t WHERE {' AND '.join(conditions)})"
        f" SELECT t.id FROM m t WHERE {_scope(arms, parameters)}"
        f" ORDER BY t.is_whole DESC, t.is_start DESC, {_order(target)} LIMIT %(limit)s"
    )
    return _rows(target, sql, parameters, shown)


def _walk(
    target: Target,
    query: Query,
    match: _Match,
    plan: Plan,
    arms: Sequence[Arm],
    limit: int,
    seen: Sequence[int],
    shown: Shown,
) -> list[FOUND]:
    parameters = _parameters(query, limit, seen)
    found = [
        *_texts(target, match.runs, parameters),
        *([match.condition] if match.condition else _carried(target, match.runs, parameters)),
    ]
    conditions = [_opaque(found), *_fixed(target, seen)]
    columns = ", ".join(f"t.{column}" for column in dict.fromkeys(("id", *target.order)))
    tail = f"ORDER BY {_order(target)} LIMIT %(limit)s"
    if plan is Plan.WALK:
        scope = _scope(arms, parameters)
        walked = f"SELECT t.id FROM {target.table} t WHERE {' AND '.join([*conditions, scope])} {tail}"
        return _rows(target, walked, parameters, shown)
    parts = []
    for number, arm in enumerate(arms):
        parameters[f"arm{number}"] = list(arm.values)
        inner = " AND ".join([f"t.{arm.column} = v", *([arm.extra] if arm.extra else []), *conditions])
        parts.append(
            f"SELECT {columns} FROM unnest(%(arm{number})s::bigint[]) v CROSS JOIN LATERAL"
            f" (SELECT {columns} FROM {target.table} t WHERE {inner} {tail}) t"
        )
    return _rows(target, f"SELECT t.id FROM ({' UNION '.join(parts)}) t {tail}", parameters, shown)


def _texts(target: Target, runs: Sequence[Run], parameters: dict[str, Any], *, only_inexact: bool = False) -> list[str]:
    """The folded text contains the run; after the index only where carrying the tokens is not enough."""
    conditions = []
    for number, run in enumerate(runs):
        if target.text and not (only_inexact and run.exact):
            parameters[f"run{number}"] = f"%{run.text}%"
            conditions.append(f"t.{target.text} LIKE %(run{number})s")
    return conditions


def _carried(target: Target, runs: Sequence[Run], parameters: dict[str, Any]) -> list[str]:
    tokens = [token for run in runs if not (target.text and run.by_text) for token in run.tokens]
    if not tokens:
        return []
    parameters["carried"] = tokens
    return [f"t.{target.grams} @> %(carried)s::text[]"]


def _opaque(conditions: Sequence[str]) -> str:
    """Conditions the planner cannot look into: it takes a third of the rows to match, and so reads them in order as it is meant to."""
    return f"(CASE WHEN {' AND '.join(conditions)} THEN 1 ELSE 0 END) > 0"


def _fixed(target: Target, seen: Sequence[int]) -> list[str]:
    return [*([target.where] if target.where else []), *(["t.id <> ALL(%(seen)s::bigint[])"] if seen else [])]


def _scope(arms: Sequence[Arm], parameters: dict[str, Any]) -> str:
    """The same arms as one condition."""
    parts = []
    for number, arm in enumerate(arms):
        parameters[f"scope{number}"] = list(arm.values)
        extra = f" AND {arm.extra}" if arm.extra else ""
        parts.append(f"(t.{arm.column} = ANY(%(scope{number})s::bigint[]){extra})")
    return f"({' OR '.join(parts)})" if parts else "TRUE"


def _order(target: Target) -> str:
    return ", ".join(f"t.{column} DESC" for column in target.order)


def _parameters(query: Query, limit: int, seen: Sequence[int]) -> dict[str, Any]:
    start = "".join(run.text for run in query.runs)
    return {"limit": limit, "seen": list(seen), "text": query.text, "start": f"{start}%"}


def _rows(target: Target, sql: str, parameters: dict[str, Any], shown: Shown) -> list[FOUND]:
    """The ids in the order of the statement; what is shown is read for those alone."""
    if shown.columns:
        sql = (
            f"SELECT f.id, {', '.join(shown.columns)} FROM (SELECT i.id, row_number() OVER () AS place FROM ({sql}) i) f"
            f" JOIN {target.table} t ON t.id = f.id {shown.join} ORDER BY f.place"
        )
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())
