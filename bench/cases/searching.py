"""Finding a customer by one or two characters of the name, address or remarks, by the initials of the pinyin, by four digits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from django.db import connection

from bench.contests import Case, Contest
from bench.ground import Ground, newly_read
from bench.limits import customer_search
from bench.measuring import in_turn, once
from kefu.customers.queries import search
from kefu.customers.queries.finding import arms_of
from kefu.foundation.search.tokens import parse
from kefu.organisation.models import User

FIRST = 20
TRIALS = 9
HOPELESS = 5
"""A plan that takes so many times as long as the best at its second try is not tried again: among a million each takes seconds."""
Share = Callable[[int], float]
_TERMS = """
    SELECT term FROM (
        SELECT term, count(*) AS rows FROM customers_customer t, unnest(t.grams) term WHERE term ~ %s GROUP BY term
    ) counted ORDER BY abs(ln(rows::double precision / %s)), term LIMIT 1
"""
ONE_HAN, HAN, LETTERS, DIGITS = "^[一-龥]$", "^[一-龥]{2}$", "^[a-z]{3}$", "^[0-9]{4}$"
SHARES: dict[str, Sequence[Share]] = {
    "rare": [lambda customers: 2],
    "middling": [lambda customers: customers * 0.0003, lambda customers: customers * 0.002],
    "frequent": [lambda customers: customers * 0.01, lambda customers: customers],
}
"""Rows the terms of a kind should have: two; three and twenty in ten thousand; one in a hundred, and as many as there are."""


def _scopes(ground: Ground) -> dict[str, User]:
    """Every node of the chain, a large centre, a small one."""
    cast, teams = ground.chain.cast, ground.chain.teams
    people = {"all nodes": cast.service, "large node": cast.director, "small node": teams[1].director}
    return {name: newly_read(user) for name, user in people.items()}


def _prepare(pattern: str, shares: Sequence[Share], ground: Ground, _calls: int) -> Sequence[Contest]:
    customers = ground.database.size.customers
    terms = dict.fromkeys(_term(pattern, share(customers)) for share in shares)
    return [_contest(ground, term, name, user) for term in terms for name, user in _scopes(ground).items()]


def _term(pattern: str, rows: float) -> str:
    with connection.cursor() as cursor:
        cursor.execute(_TERMS, [pattern, rows])
        (term,) = cursor.fetchone()
    return str(term)


def _contest(ground: Ground, term: str, scope: str, user: User) -> Contest:
    """Ours against the fastest of the three plans here; they must agree on whom they find."""
    arms = arms_of(user)
    nodes = None if arms is None else sorted({value for arm in arms for value in arm.values})
    plans = customer_search.plans(parse(term), nodes)
    ways = {name: partial(customer_search.found, ground.plain, plan) for name, plan in plans.items()}
    told = [customer.pk for customer in search(user, term, FIRST)]
    for name, way in ways.items():
        if way() != told:
            raise RuntimeError(f"{term!r} in {scope}: {name} finds {way()}, the search {told}")
    tried = {name: once(way) for name, way in ways.items()}
    ways = {name: way for name, way in ways.items() if tried[name] <= HOPELESS * min(tried.values())}
    times = dict(zip(ways, in_turn(list(ways.values()), TRIALS), strict=True))
    best = min(times, key=lambda name: times[name])
    return Contest(lambda: search(user, term, FIRST), ways[best], f"{term} · {scope} · {best}")


SEARCHES = (
    *(
        Case(f"customer.search.{word}.{kind}", "ms per search", 40, partial(_prepare, pattern, shares))
        for word, pattern in (("two_characters", HAN), ("one_character", ONE_HAN))
        for kind, shares in SHARES.items()
    ),
    Case(
        "customer.search.phone_tail",
        "ms per search",
        40,
        partial(_prepare, DIGITS, [share for each in SHARES.values() for share in each]),
    ),
    Case(
        "customer.search.pinyin_initials",
        "ms per search",
        40,
        partial(_prepare, LETTERS, [share for each in SHARES.values() for share in each]),
    ),
)
