"""What becomes of bookings when the customer is gone."""

from kefu.appointments.actions.bookings import cancel_all
from kefu.customers.events import CustomerDied, CustomerRestricted
from kefu.foundation.events.bus import subscribe


def on_customer_gone(event: CustomerDied | CustomerRestricted) -> None:
    """The slots are free for others."""
    cancel_all(customer_id=event.customer_id, reason=event.reason, by=event.by, at=event.at)


subscribe(CustomerDied, on_customer_gone)
subscribe(CustomerRestricted, on_customer_gone)
