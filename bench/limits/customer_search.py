"""Limit of `customer.search.*`: the best of three plans for this term, this scope and this size, each as plain SQL.

Result: the first twenty customers with what a hit of the search box shows, whole names first, then names that begin so, then the
newest, under the same condition of nodes. Nothing is written. Not included: choosing the plan, folding what was typed.

- planner: the condition as it reads, the planner left alone
- gather: the rows of the index first, materialised, then the scope and the order
- walk: the few whole names and beginnings by the index, the others by walking the newest rows until enough have matched
"""

# ruff: noqa: S608  (nothing here comes from users)

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import psycopg

from kefu.foundation.search.tokens import Query

_SHOWN = "t.id, t.name, t.sex, t.stage, t.archive_number"
_RANKED = "coalesce(t.name = %(text)s, FALSE) AS is_whole, (t.name LIKE %(start)s OR t.pinyin LIKE %(start)s OR t.initials LIKE %(start)s) AS is_start"
_NEWEST = "t.created_at DESC, t.id DESC"
_CONTAINS = "t.grams @> %(tokens)s::text[]"
_LAST = "SELECT f.*, n.zh, n.en FROM found f JOIN organisation_node n ON n.id = f.node_id ORDER BY f.place"
_PLACED = f"SELECT {_SHOWN}, t.node_id, row_number() OVER (ORDER BY is_whole DESC, is_start DESC, {_NEWEST}) AS place FROM m t ORDER BY place LIMIT 20"

PLANNER = f"""
    WITH found AS (
        SELECT t.*, row_number() OVER () AS place FROM (
            SELECT {_SHOWN}, t.node_id, {_RANKED} FROM customers_customer t WHERE {_CONTAINS} AND {{scope}}
            ORDER BY is_whole DESC, is_start DESC, {_NEWEST} LIMIT 20
        ) t
    ) {_LAST}
"""
GATHER = f"""
    WITH m AS MATERIALIZED (SELECT {_SHOWN}, t.node_id, t.created_at, {_RANKED} FROM customers_customer t WHERE {_CONTAINS}),
    found AS (
        SELECT {_SHOWN}, t.node_id, row_number() OVER (ORDER BY is_whole DESC, is_start DESC, {_NEWEST}) AS place FROM m t WHERE {{scope}}
        ORDER BY place LIMIT 20
    ) {_LAST}
"""
WALK = f"""
    WITH first AS MATERIALIZED (SELECT {_SHOWN}, t.node_id, t.created_at, {_RANKED} FROM customers_customer t WHERE t.grams @> %(begins)s::text[]),
    rest AS (
        SELECT {_SHOWN}, t.node_id, t.created_at, FALSE AS is_whole, FALSE AS is_start FROM customers_customer t
        WHERE {{carries}} AND NOT (t.name LIKE %(start)s OR t.pinyin LIKE %(start)s OR t.initials LIKE %(start)s) AND {{scope}} ORDER BY {_NEWEST} LIMIT 20
    ),
    m AS (SELECT * FROM first t WHERE {{scope}} UNION ALL SELECT * FROM rest),
    found AS ({_PLACED}) {_LAST}
"""
CARRIES = {"text": "t.search_text LIKE %(part)s", "tokens": "(t.grams || '{{}}'::text[]) @> %(tokens)s::text[]"}


def plans(query: Query, nodes: list[int] | None) -> Mapping[str, tuple[str, dict[str, Any]]]:
    """The three statements with their values; `nodes` None means no limit of scope."""
    (run,) = query.runs
    scope = "TRUE" if nodes is None else "t.node_id = ANY(%(nodes)s::bigint[])"
    values = {
        "text": query.text,
        "start": f"{run.text}%",
        "part": f"%{run.text}%",
        "tokens": list(run.tokens),
        "begins": [query.start],
        "nodes": nodes,
    }
    carries = CARRIES["text" if run.by_text else "tokens"]
    texts = {"planner": PLANNER, "gather": GATHER, "walk": WALK}
    return {name: (text.format(scope=scope, carries=carries), values) for name, text in texts.items()}


def found(connection: psycopg.Connection[Any], plan: tuple[str, dict[str, Any]]) -> list[int]:
    """Run one of them; the ids in their order."""
    with connection.cursor() as cursor:
        rows = cursor.execute(plan[0], plan[1], prepare=False).fetchall()
    connection.commit()
    return [row[0] for row in rows]
