"""A laboratory delivers the results of one ordered item: message in, filed, answered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256

from bench.contests import Case, Contest
from bench.ground import Ground, newly_read, rights_forgotten
from bench.limits import lab_oru_ingest
from kefu.lab.actions.messages import receive
from kefu.lab.models import Message, Order
from kefu.lab.testing_results import oru
from kefu.testing.cast import AT

ITEM = "T-GEN"


def prepare(ground: Ground, calls: int) -> Sequence[Contest]:
    """Both take messages about orders that wait for their first report."""
    laboratory = newly_read(ground.chain.cast.lab_system)
    waiting = Order.objects.filter(
        customer__journeys__node__code="report_released", status="testing", messages__isnull=True
    )
    orders = list(waiting.select_related("customer").order_by("pk")[: 2 * calls])
    if len(orders) < 2 * calls:
        raise RuntimeError(f"{2 * calls} orders in testing are needed, {len(orders)} are left")
    raws = iter([_message(order) for order in orders[:calls]])

    def ours() -> None:
        answer = receive(raw=next(raws), peer="bench", by=rights_forgotten(laboratory), at=AT)
        if b"MSA|AA" not in answer:
            raise RuntimeError(f"the message was not filed: {answer!r}")

    ours()
    rows = _rows(orders[0], orders[calls:])
    return [Contest(ours, lambda: lab_oru_ingest.write(ground.plain, next(rows)))]


def _message(order: Order) -> bytes:
    return oru(order, [ITEM], control_id=f"B{order.pk}").encode()


def _rows(done: Order, orders: Sequence[Order]) -> Iterator[lab_oru_ingest.Ready]:
    pattern = lab_oru_ingest.filed(Message.objects.get(orders=done), done)
    ready = []
    for order in orders:
        raw = _message(order)
        pattern.message.control_id = f"B{order.pk}"
        ready.append(lab_oru_ingest.ready(pattern, order, raw, sha256(raw).hexdigest()))
    return iter(ready)


INGEST = Case("lab.oru_ingest", "ms per message", 40, prepare)
