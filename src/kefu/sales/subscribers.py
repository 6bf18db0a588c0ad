"""What sales does when goods it set aside turn out not to be there."""

from __future__ import annotations

from kefu.foundation.events.bus import subscribe
from kefu.sales.actions.telling import tell_colleague
from kefu.sales.models import Purchase
from kefu.sales.queries import KIND
from kefu.sales.sentences import GOODS_LOST
from kefu.stock.events import ReservationLost


def on_lost(event: ReservationLost) -> None:
    """The health manager hears of it, and the purchase stands on the workbench until it is settled."""
    if event.subject_kind != KIND:
        return
    purchase = Purchase.objects.select_related("customer__health_manager").get(pk=event.subject_id)
    text = GOODS_LOST(number=purchase.number, packs=event.packs)
    tell_colleague(
        user=purchase.customer.health_manager, purchase=purchase, code="sales_goods_lost", text=text, at=event.at
    )


subscribe(ReservationLost, on_lost)
