"""The laboratory sends results: filed, answered, kept (LAB-007)."""

import pytest

from kefu.lab.models import Message, Report, ResultVersion
from kefu.lab.testing import in_testing
from kefu.lab.testing_results import deliver, oru


@pytest.fixture
def order(centre, customer):
    return in_testing(centre, customer, ("T-GLU",))


def test_results_are_filed_under_the_order(centre, order):
    assert deliver(centre, oru(order)) == ("AA", "")
    message = Message.objects.get()
    assert (message.state, message.application, message.control_id, message.type) == ("filed", "XHLQ", "M1", "ORU^R01")
    assert [value.analyte.code for value in ResultVersion.objects.order_by("analyte__position")] == [
        "FPG", "HBA1C", "INS", "HOMA", "CPEP", "FRUC",
    ]  # fmt: skip
    report = Report.objects.get()
    assert (report.kind, report.status, report.order_item.item.code) == ("item", "arrived", "T-GLU")
    order.refresh_from_db()
    assert order.status == "report_under_review"
