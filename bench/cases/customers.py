"""Registering a person by name and phone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

from bench.contests import Case, Contest
from bench.ground import Ground, newly_read, rights_forgotten
from bench.limits import customer_create
from bench.world import names
from kefu.customers.actions import create_lead
from kefu.customers.details import read_phone
from kefu.customers.indexing import index
from kefu.customers.models import Customer
from kefu.testing.cast import AT


def prepare(ground: Ground, calls: int) -> Sequence[Contest]:
    """Both register people with names as they are distributed, each with a number of his or her own."""
    random = Random(7)  # noqa: S311  data, not secrets
    manager = newly_read(ground.chain.cast.manager)

    def create() -> Customer:
        rights_forgotten(manager)
        return create_lead(name=names.name(random), phone=ground.fresh_phone(), by=manager, at=AT).customer

    rows = _rows(create(), ground, random, calls)
    return [Contest(create, lambda: customer_create.write(ground.plain, next(rows)))]


def _rows(pattern: Customer, ground: Ground, random: Random, calls: int) -> Iterator[customer_create.Rows]:
    customer, contact, entry, line = customer_create.rows_of(pattern)
    ready = []
    for _call in range(calls):
        customer.name, phone = names.name(random), read_phone(ground.fresh_phone())
        contact.value, contact.tail = phone.value, phone.tail
        index(customer, [contact.value])
        ready.append(customer_create.ready(customer, contact, entry, line))
    return iter(ready)


CREATE = Case("customer.create", "ms per customer", 150, prepare)
