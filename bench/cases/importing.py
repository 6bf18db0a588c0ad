"""Bringing in a list of people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count
from random import Random

from bench.contests import Case, Contest
from bench.ground import Ground, newly_read
from bench.limits import customer_create, import_customers
from bench.world import names
from kefu.customers.details import read_phone
from kefu.customers.exchange import CUSTOMERS
from kefu.customers.indexing import index
from kefu.customers.models import Customer
from kefu.foundation.exchange.models import ImportRun
from kefu.foundation.exchange.running import import_file
from kefu.testing.cast import AT

ROWS = 100


def prepare(ground: Ground, calls: int) -> Sequence[Contest]:
    """Both write lists of a hundred people with numbers of their own."""
    random = Random(11)  # noqa: S311  data, not secrets
    manager = newly_read(ground.chain.cast.manager)

    def bring() -> ImportRun:
        lines = [f"{names.name(random)},{ground.fresh_phone()}" for _row in range(ROWS)]
        content = "\n".join(["姓名,电话", *lines]).encode("gb18030")
        run = import_file(spec=CUSTOMERS, content=content, name="名单.csv", mode="good", by=manager, at=AT)
        assert run.created == ROWS, run.errors
        return run

    run = bring()
    pattern = Customer.objects.latest("pk")
    lists, first = _lists(pattern, ground, random, calls), count(1_000, ROWS)
    return [Contest(bring, lambda: import_customers.write(ground.plain, next(lists), run.pk, next(first)))]


def _lists(pattern: Customer, ground: Ground, random: Random, calls: int) -> Iterator[list[customer_create.Rows]]:
    customer, contact, entry, line = customer_create.rows_of(pattern)
    lists = []
    for _call in range(calls):
        people = []
        for _person in range(ROWS):
            customer.name, phone = names.name(random), read_phone(ground.fresh_phone())
            contact.value, contact.tail = phone.value, phone.tail
            index(customer, [contact.value])
            people.append(customer_create.ready(customer, contact, entry, line))
        lists.append(people)
    return iter(lists)


IMPORT = Case("customer.import", "ms per row", 9, prepare, per=ROWS)
