"""kill -9 of the process that books a delivery in: everything of it is there, or nothing."""

import os
import signal
from collections import Counter
from functools import partial

import pytest
from django.db import connection

from kefu.kernel.errors import Refused
from kefu.purchasing.actions import book_delivery, count_delivery, receiving
from kefu.purchasing.models import Acceptance, Delivery
from kefu.purchasing.testing import arrived, ordered
from kefu.purchasing.tests.test_receiving import goods
from kefu.stock.models import Balance, Lot, Move, Receipt
from kefu.stock.queries import drift
from kefu.testing.races import at_once


def dies(*_args, **_kwargs):
    os.kill(os.getpid(), signal.SIGKILL)


def killed_while_booking(delivery, place, by, at):
    """A process of its own, with a connection of its own, that is killed at a place of its work."""
    child = os.fork()
    if child == 0:
        try:
            connection.connection = None  # the parent's, which it goes on using
            module, name = place
            setattr(module, name, dies)
            book_delivery(delivery=delivery, by=by, at=at)
        finally:
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.django_db(transaction=True)
def test_killed_at_any_place_it_books_all_or_nothing(shop, central, maker, buyers):
    order = ordered(warehouse=central, packs={"N-014": 24}, buyers=buyers, at=shop.at)
    delivery = arrived(order=order, by=shop.central_keeper, at=shop.at)
    for side, by in (("keeper", shop.central_keeper), ("product", shop.product_manager)):
        count_delivery(delivery=delivery, side=side, lines=[goods("N-014", "A", 24)], by=by, at=shop.at)
    for place in ((receiving, "post_receipt"), (Acceptance.objects, "create"), (receiving, "outstanding")):
        assert killed_while_booking(delivery, place, shop.central_keeper, shop.at) == -signal.SIGKILL
        assert not any(one.objects.exists() for one in (Receipt, Move, Lot, Balance, Acceptance))
        assert Delivery.objects.get().state == "counting"
    book = partial(book_delivery, delivery=delivery, by=shop.central_keeper, at=shop.at)
    both = at_once([book, book])
    assert Counter(type(one) for one in both) == {Acceptance: 1, Refused: 1}, "two keepers press at the same moment"
    made = Acceptance.objects.select_related("receipt").get()
    order.refresh_from_db()
    assert (made.receipt.number, order.state, Balance.objects.get().quantity) == ("RK2600001", "complete", 24)
    assert drift() == []
