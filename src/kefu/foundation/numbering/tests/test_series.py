"""Numbers come in order and leave no gap."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction

from kefu.foundation.numbering.series import Series

ARCHIVE = Series("story.archive", "HA")
AT = datetime(2026, 12, 31, 23, 30, tzinfo=ZoneInfo("Asia/Shanghai"))


def test_numbers_count_up_and_start_again_each_year(db: None) -> None:
    assert [ARCHIVE.issue(AT) for _ in range(3)] == ["HA2600001", "HA2600002", "HA2600003"]
    assert ARCHIVE.issue(AT.replace(year=2027, month=1, day=1)) == "HA2700001"
    assert Series("story.slip", "CK", digits=4, monthly=True).issue(AT) == "CK26120001"


def test_a_rolled_back_number_is_issued_again(db: None) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        ARCHIVE.issue(AT)
        1 / 0  # noqa: B018
    assert ARCHIVE.issue(AT) == "HA2600001"
