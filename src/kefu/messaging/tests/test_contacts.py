"""What staff and customer said to each other is kept, by whoever may see the customer."""

import pytest
from django.utils.translation import override

from kefu.customers.models import TimelineLine
from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.audit.trail import Subject
from kefu.kernel.errors import Forbidden, Invalid, OutOfScope
from kefu.messaging import queries
from kefu.messaging.actions import log_contact, opt_out
from kefu.messaging.models import ContactAttempt, OptOut
from kefu.messaging.tests.people import wang
from kefu.testing.cast import AT

CALL = {"channel": "phone", "direction": "out", "purpose": "followup", "outcome": "reached"}


def test_a_call_is_kept_with_its_words_and_tells_the_file(cast):
    customer = wang(cast)

    contact = log_contact(
        customer=customer,
        **CALL,
        note=" 感觉不错，下周来取报告 ",
        subject=Subject("followup.plan", 3),
        by=cast.manager,
        at=AT,
    )

    assert (contact.note, contact.by, contact.at) == ("感觉不错，下周来取报告", cast.manager, AT)
    line = TimelineLine.objects.get(customer=customer, kind="contact")
    assert (line.item, line.lines) == ("电话 · 回访 · 已沟通", ["感觉不错，下周来取报告"])
    assert AuditEntry.objects.get(code="messaging.contact.logged").customer_id == customer.pk
    assert list(queries.contacts_about("followup.plan", 3)) == [contact]


def test_the_file_is_kept_in_chinese_whoever_writes(cast):
    customer = wang(cast)
    with override("en"):
        log_contact(customer=customer, **CALL, by=cast.manager, at=AT)

    assert TimelineLine.objects.get(customer=customer, kind="contact").item == "电话 · 回访 · 已沟通"


@pytest.mark.parametrize("wrong", ["channel", "direction", "purpose", "outcome"])
def test_a_code_that_is_in_no_list_is_refused(cast, wrong):
    customer = wang(cast)
    with pytest.raises(Invalid) as refused:
        log_contact(customer=customer, **(CALL | {wrong: "smoke_signal"}), by=cast.manager, at=AT)

    assert [error.field for error in refused.value.errors] == [wrong]
    assert ContactAttempt.objects.count() == 0


def test_who_may_not_see_the_customer_logs_nothing(cast):
    customer = wang(cast)
    for person, refusal in ((cast.sh_manager, OutOfScope), (cast.manager2, OutOfScope), (cast.keeper, Forbidden)):
        with pytest.raises(refusal):
            log_contact(customer=customer, **CALL, by=person, at=AT)
        with pytest.raises(refusal):
            opt_out(customer=customer, by=person, at=AT)

    assert (ContactAttempt.objects.count(), OptOut.objects.count()) == (0, 0)
