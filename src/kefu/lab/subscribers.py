"""What follows from facts of the laboratory's own first half."""

from kefu.foundation.events.bus import subscribe
from kefu.foundation.jobs.defer import defer
from kefu.lab.events import SampleAccepted


def on_samples_accepted(event: SampleAccepted) -> None:
    """Results that came before the samples were checked can be filed now."""
    defer("lab.file_waiting", order_id=event.order_id)


subscribe(SampleAccepted, on_samples_accepted)
