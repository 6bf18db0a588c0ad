"""Goods set aside for a requisition that are not there after all."""

from kefu.foundation.events.bus import subscribe
from kefu.requisitions.actions import note_loss
from kefu.requisitions.queries import KIND
from kefu.stock.events import ReservationLost


def on_reservation_lost(event: ReservationLost) -> None:
    """Keep it on the requisition and tell who has to act."""
    if event.subject_kind == KIND:
        note_loss(
            requisition_id=event.subject_id, product_id=event.product_id, packs=event.packs, by=event.by, at=event.at
        )


subscribe(ReservationLost, on_reservation_lost)
