"""How long to wait before another attempt."""

from datetime import timedelta


def wait_before_retry(attempts: int, *, first: timedelta, longest: timedelta) -> timedelta:
    """Twice as long after each failed attempt, never longer than `longest`; `attempts` counts those made, from 1."""
    return min(first * (1 << min(attempts - 1, 30)), longest)
