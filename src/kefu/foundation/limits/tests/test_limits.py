"""A changed number counts from its day on, for its node and below."""

from datetime import date, timedelta

import pytest

from kefu.foundation.limits.models import LimitValue
from kefu.foundation.limits.registry import limit
from kefu.testing.cast import Cast

DAYS = limit("story.days", 2, "天数", unit="days", source="FUP-001")


@pytest.mark.req("NFR-003", part="effective dates")
def test_default_then_chain_then_centre(cast: Cast) -> None:
    assert DAYS.on(cast.at) == 2
    for node, value, day in ((None, 3, date(2026, 11, 23)), (cast.bj, 4, date(2026, 11, 24))):
        LimitValue.objects.create(
            code="story.days", node=node, value=value, valid_from=day, set_by=cast.admin, set_at=cast.at
        )
    assert DAYS.on(cast.at - timedelta(days=1)) == 2
    assert DAYS.on(cast.at) == 3
    assert DAYS.on(cast.at, node_id=cast.bj.pk) == 3
    assert DAYS.on(cast.at + timedelta(days=1), node_id=cast.bj.pk) == 4
    assert DAYS.on(cast.at + timedelta(days=1), node_id=cast.sh.pk) == 3
