"""What is handed over to a customer holds approved results only (SEC-004)."""

import pytest

from kefu.customers.subject_data import sections
from kefu.journey.tests.walking import Walk, start_walk
from kefu.testing.stories import customer_of


def values(customer):
    found = {section.code: section.rows for section in sections([customer.pk])}
    assert len(found["lab.OrderItem:order__customer"]) > 0
    return len(found.get("lab.ResultVersion:order_item__order__customer", []))


@pytest.mark.req("SEC-001", part="exports")
@pytest.mark.req("SEC-004", part="unapproved reports")
def test_results_that_wait_for_review_are_not_handed_over(cast):
    waiting = start_walk(cast).to("sample_collected")
    waiting.results()
    assert values(waiting.customer) == 0
    approved = Walk(cast, customer_of(cast, "白示安", "10000000019"), cast.at).to("report_released")
    assert values(approved.customer) > 0
