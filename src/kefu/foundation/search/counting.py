"""Counting terms, so that a search knows which are frequent."""

from __future__ import annotations

from django.db import connection, transaction

from kefu.foundation.search.engine import Target

SAMPLE = 100_000
KEPT = 0.0005
"""Terms on fewer rows than this share are gathered by the index anyway and need no count."""

_targets: dict[str, Target] = {}


def register(target: Target) -> Target:
    """Have the terms of a target counted each night."""
    _targets[target.code] = target
    return target


def count_terms(target: Target) -> int:
    """Count the terms of a target anew, from a sample where it is large. Answers how many terms were kept."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {target.table}")  # noqa: S608  a table named by a programmer
        (total,) = cursor.fetchone()
        sampled = f" TABLESAMPLE SYSTEM ({100 * SAMPLE / total:.4f})" if total > SAMPLE else ""
        cursor.execute("DELETE FROM search_termcount WHERE target = %s", [target.code])
        values = {"target": target.code, "total": total, "kept": max(1, int(total * KEPT))}
        cursor.execute("INSERT INTO search_termcount (target, term, rows) VALUES (%(target)s, '', %(total)s)", values)
        if target.partition:
            cursor.execute(_PARTITIONS.format(table=target.table, column=target.partition), values)
        cursor.execute(_TERMS.format(table=target.table, sampled=sampled, grams=target.grams), values)
        return int(cursor.rowcount)


def count_all() -> None:
    """Count the terms of every registered target."""
    for target in _targets.values():
        count_terms(target)


_PARTITIONS = """
    INSERT INTO search_termcount (target, term, rows)
    SELECT %(target)s, '@' || t.{column}, count(*) FROM {table} t GROUP BY t.{column}
"""
_TERMS = """
    INSERT INTO search_termcount (target, term, rows)
    WITH s AS MATERIALIZED (SELECT t.{grams} AS grams FROM {table} t{sampled}),
         n AS (SELECT greatest(count(*), 1) AS sampled FROM s)
    SELECT %(target)s, term, count(*) * %(total)s / max(n.sampled)
    FROM s, unnest(s.grams) AS term, n
    GROUP BY term
    HAVING count(*) * %(total)s / max(n.sampled) >= %(kept)s
"""
