"""Opening a printout again."""

import pytest

from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.audit.trail import Subject
from kefu.foundation.files import storage
from kefu.foundation.printing import actions


@pytest.fixture
def made(order, cast):
    return actions.print_document(
        code="test.sheet", subject=Subject("test.order", 7), customer_id=3, by=cast.manager, at=cast.at
    )


def test_a_colleague_who_may_see_the_order_opens_its_print(made, login, cast):
    answer = login(cast.doctor).get(f"/prints/{made.pk}.pdf")
    assert answer.status_code == 200
    assert answer.content == storage.read(made.file)
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'inline; filename="test.sheet-7-v1.pdf"'
    row = AuditEntry.objects.get(code="printing.shown")
    assert (row.kind, row.by, row.customer_id) == ("read", cast.doctor, 3)


@pytest.mark.req("SEC-001", part="prints")
def test_another_centre_finds_nothing(made, login, cast):
    browser = login(cast.sh_doctor)
    assert browser.get(f"/prints/{made.pk}.pdf").status_code == 404
    assert browser.get(f"/prints/{made.pk + 1}.pdf").status_code == 404
    assert not AuditEntry.objects.filter(code="printing.shown").exists()
