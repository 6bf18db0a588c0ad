"""The administrator rewrites a template: a new version counts, old messages keep their words, bad words are refused."""

import pytest
import yaml

from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.notices.wording import text_of
from kefu.kernel.errors import Forbidden, Invalid, OutOfScope
from kefu.messaging import content, queries
from kefu.messaging.actions import revise_template, send
from kefu.messaging.composing import sms_length
from kefu.messaging.models import Template
from kefu.messaging.shipped import MESSAGES, words
from kefu.messaging.tests.people import wang
from kefu.testing.cast import AT

CLOSED = {"date": "2月6日", "date2": "2月12日"}


@pytest.fixture
def loaded(cast):
    content.load(by=None, at=AT)
    return cast


def test_all_shipped_templates_are_loaded_once(cast):
    assert content.load(by=None, at=AT) == len(words()) == Template.objects.count()
    assert content.load(by=None, at=AT) == 0
    assert AuditEntry.objects.get(code="messaging.templates.loaded").changes == {"count": [0, len(words())]}


def test_lengths_are_counted_as_the_shipped_ones_and_all_fit_in_one_text_message():
    stated = {
        row["code"]: row["sms_length"]
        for row in yaml.safe_load(MESSAGES.read_text())["templates"]
        if "sms_length" in row
    }

    counted = {code: sms_length(words()[code].zh, "和康") for code in stated}

    assert counted == stated
    assert max(counted.values()) == 70


def test_a_new_version_counts_from_now_and_old_messages_keep_theirs(loaded):
    customer = wang(loaded)
    before = send(customer=customer, template="closing_notice", values=CLOSED, by=loaded.manager, at=AT)

    made = revise_template(
        code="closing_notice", texts={"zh": "{name}您好，{centre}{date}至{date2}休息。"}, by=loaded.admin, at=AT
    )
    after = send(customer=customer, template="closing_notice", values=CLOSED, by=loaded.manager, at=AT)

    assert (made.version, made.current, made.by) == (2, True, loaded.admin)
    assert before.body.endswith("2月12日后恢复。急事请拨010-00000000。")
    assert after.body == "【和康】王女士您好，北京朝阳中心2月6日至2月12日休息。"
    assert [version.version for version in queries.versions("closing_notice")] == [2, 1]
    assert list(AuditEntry.objects.get(code="messaging.template.revised").changes) == ["zh"]


def test_nothing_new_makes_no_version(loaded):
    same = words()["closing_notice"].zh

    assert revise_template(code="closing_notice", texts={"zh": same}, by=loaded.admin, at=AT).version == 1


@pytest.mark.parametrize(
    ("code", "texts", "field", "says"),
    [
        ("closing_notice", {"zh": " "}, "zh", "请填写中文内容"),
        ("closing_notice", {"zh": "{name}您好，{doctor}休息。"}, "zh", "没有 {doctor} 这样的内容"),
        ("closing_notice", {"en": "Hello {nmae}"}, "en", "没有 {nmae} 这样的内容"),
        ("closing_notice", {"zh": "字" * 67}, "zh", "短信连签名最多 70 个字，现在 71 个"),
        ("appt_confirmed", {"email_body": ""}, "email_body", "也发邮件"),
        ("event_invite", {"zh": "{name}您好，{date}{time}有{title}。"}, "zh", "如何拒收"),
    ],
)
def test_words_that_would_fail_the_customer_are_refused(loaded, code, texts, field, says):
    with pytest.raises(Invalid, match=says) as refused:
        revise_template(code=code, texts=texts, by=loaded.admin, at=AT)

    assert [error.field for error in refused.value.errors] == [field]
    assert queries.current_templates().get(code=code).version == 1


def test_exactly_the_longest_is_taken(loaded):
    assert revise_template(code="closing_notice", texts={"zh": "字" * 66}, by=loaded.admin, at=AT).version == 2


def test_only_who_may_write_templates_writes_them(loaded):
    for person in (loaded.supervisor, loaded.service, loaded.manager):
        with pytest.raises(Forbidden):
            revise_template(code="closing_notice", texts={"zh": "您好。"}, by=person, at=AT)
    with pytest.raises(OutOfScope):
        revise_template(code="unknown", texts={"zh": "您好。"}, by=loaded.admin, at=AT)

    assert Template.objects.filter(version=2).count() == 0


def test_staff_notices_take_their_words_from_here(cast):
    values = {"date": "12月3日", "time": "14:30", "item": "初诊"}

    assert text_of("doctor_booking_new", "zh-hans", values) == "12月3日14:30新增预约：初诊。"
    assert text_of("doctor_booking_new", "en", values) == "New booking 12月3日 14:30: 初诊."
    with pytest.raises(LookupError):
        text_of("appt_confirmed", "zh-hans", values)
