"""The nightly count of terms."""

from kefu.foundation.jobs.registry import every, job
from kefu.foundation.search.counting import count_all


@every("20 3 * * *", "search.count_grams")
def count_grams() -> None:
    """Count every target's terms."""
    count_all()


@job("search.count_now")
def count_now() -> None:
    """The same, asked for after a large import."""
    count_all()
