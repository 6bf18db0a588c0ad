"""The health-archive number (CUS-004)."""

from datetime import UTC, datetime

from kefu.customers.actions import issue_archive_number
from kefu.customers.tests.factories import archive


def test_numbers_rise_in_order_and_are_issued_once(cast):
    first, second = archive(cast), archive(cast, "陶映川", "13812346022")
    numbers = [issue_archive_number(customer=one, by=cast.doctor, at=cast.at) for one in (second, first, second)]
    assert numbers == ["HA2600001", "HA2600002", "HA2600001"]
    first.refresh_from_db()
    assert first.archive_number == "HA2600002"
    assert [line.item for line in first.timeline.all()].count("健康档案号 HA2600002") == 1


def test_a_new_year_begins_again_by_local_time(cast):
    customer = archive(cast)
    at = datetime(2026, 12, 31, 16, 30, tzinfo=UTC)  # half past midnight in Beijing
    assert issue_archive_number(customer=customer, by=cast.doctor, at=at) == "HA2700001"
