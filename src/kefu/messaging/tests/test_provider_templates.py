"""The administrator says what a provider calls its copies of our words, in each language; messages leave by them, or wait and say why."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.jobs.testing import run_pending
from kefu.foundation.outbox import transports
from kefu.kernel.errors import Forbidden, Invalid, Refused
from kefu.messaging import content
from kefu.messaging.actions import register_template, revise_template, send, set_wish
from kefu.messaging.channels import open_configured
from kefu.messaging.choices import Language, Provider
from kefu.messaging.models import Message, ProviderTemplate, Template
from kefu.messaging.registering import unregistered
from kefu.messaging.tests.gateways import answers, provider
from kefu.messaging.tests.people import wang
from kefu.testing.cast import AT

BOOKED = {"month": 12, "day": 3, "time": "14:30", "item": "初诊"}
SET = {"KEFU_SMS_PROFILE": "aliyun", "KEFU_SMS_KEY": "k", "KEFU_SMS_SECRET": "s", "KEFU_SMS_SIGN": "和康"}


@pytest.fixture
def confirmed(cast) -> Template:
    content.load(by=None, at=AT)
    return Template.objects.get(code="appt_confirmed")


@contextmanager
def sending_by(environment: dict[str, str]) -> Iterator[None]:
    """A house with such settings, for a while."""
    before = {channel: transports.transport(channel) for channel in ("sms", "wechat")}
    for channel in before:
        transports.close(channel)
    try:
        open_configured(environment)
        yield
    finally:
        for channel, port in before.items():
            transports.close(channel)
            if port:
                transports.register(channel, port)


def entered(
    template: Template, code: str, *places: str, language: str = "zh-hans", by=None, provider: str = "aliyun"
) -> None:
    register_template(
        template=template,
        provider=Provider(provider),
        language=Language(language),
        code=code,
        places=places,
        by=by,
        at=AT,
    )


@pytest.mark.req("NFR-002", part="SMS")
def test_each_language_leaves_by_its_own_template_and_one_not_registered_waits(cast, confirmed):
    customer = wang(cast)
    entered(confirmed, "SMS_9", "who=name", "time", by=cast.admin)
    with provider(answers({"Code": "OK", "BizId": "b-1"})) as there, sending_by(SET | {"KEFU_SMS_URL": there.url}):
        assert [(one.provider, one.language) for one in unregistered(confirmed)] == [("aliyun", "en")]
        chinese = send(customer=customer, template="appt_confirmed", values=BOOKED, by=cast.manager, at=AT)
        set_wish(customer=customer, language="en", no_greetings="", by=cast.manager, at=AT)
        english = send(customer=customer, template="appt_confirmed", values=BOOKED, by=cast.manager, at=AT)
        run_pending(AT)
        held = Message.objects.get(pk=english.pk)
        assert (held.state, held.outbox.last_error) == ("held", "template: appt_confirmed en")
        entered(confirmed, "SMS_10", "name", "day", language="en", by=cast.admin)
        again = send(customer=customer, template="appt_confirmed", values=BOOKED, by=cast.manager, at=AT)
        run_pending(AT)

    assert Message.objects.get(pk=chinese.pk).state == Message.objects.get(pk=again.pk).state == "sent"
    assert [call.query["TemplateCode"] for call in there.got] == ["SMS_9", "SMS_10"]
    assert [json.loads(call.query["TemplateParam"]) for call in there.got] == [
        {"who": "王女士", "time": "14:30"}, {"name": "王小梅", "day": "3"},
    ]  # fmt: skip
    assert list(json.loads(there.got[0].query["TemplateParam"])) == ["who", "time"]


def test_the_page_counts_before_the_file_and_the_file_speaks_english_too(cast, confirmed, tmp_path):
    file = tmp_path / "templates.yaml"
    file.write_text("appt_confirmed: {id: F1, parameters: [name], en: {id: F2, parameters: [day]}}", encoding="utf-8")
    with sending_by(SET | {"KEFU_SMS_TEMPLATES": str(file)}):
        templates = transports.transport("sms").templates
        payload = {"template": "appt_confirmed", "version": 1, "language": "zh-hans"}
        assert (templates.of(payload).id, templates.of(payload | {"language": "en"}).id) == ("F1", "F2")
        assert unregistered(confirmed) == []
        entered(confirmed, "P1", by=cast.admin)
        assert (templates.of(payload).id, templates.of(payload | {"language": "en"}).id) == ("P1", "F2")
        entered(confirmed, "", by=cast.admin)
        assert templates.of(payload).id == "F1"


def test_a_new_version_keeps_what_is_registered_for_the_words_that_did_not_change(cast, confirmed):
    entered(confirmed, "SMS_9", "name", by=cast.admin)
    entered(confirmed, "SMS_10", "name", language="en", by=cast.admin)
    entered(confirmed, "tm-1", "thing1=item", "first", provider="wechat", by=cast.admin)
    made = revise_template(
        code="appt_confirmed", texts={"zh": "{name}您好，{month}月{day}日{time}的{item}已约好。"}, by=cast.admin, at=AT
    )
    assert [(row.provider, row.language, row.code) for row in made.registrations.order_by("code")] == [
        ("aliyun", "en", "SMS_10")
    ]
    with pytest.raises(Refused, match="已经换掉"):
        entered(confirmed, "SMS_11", by=cast.admin)
    again = revise_template(code="appt_confirmed", texts={"email_subject": "约好了"}, by=cast.admin, at=AT)
    assert again.registrations.count() == 1


@pytest.mark.parametrize(
    ("code", "places", "fault"),
    [
        ("SMS 1", [], "没有空格"),
        ("S" * 65, [], "最多 64 个字"),
        ("SMS_1", ["name", "colour"], "没有 colour 这样的内容，可用：centre、day"),
        ("SMS_1", ["a=first"], "没有 first 这样的内容"),
        ("SMS_1", ["a=name", "a=day"], "不能重复"),
    ],
)
def test_what_the_provider_could_not_fill_is_refused(cast, confirmed, code, places, fault):
    with pytest.raises(Invalid, match=fault):
        entered(confirmed, code, *places, by=cast.admin)
    assert not ProviderTemplate.objects.exists()


def test_only_who_writes_templates_registers_them_and_the_trail_says_what(cast, confirmed):
    with pytest.raises(Forbidden):
        entered(confirmed, "SMS_1", by=cast.manager)
    entered(confirmed, "SMS_1", "who=name", "{day}", "", by=cast.admin)
    entered(confirmed, "SMS_1", "who=name", "day", by=cast.admin)
    (entry,) = AuditEntry.objects.filter(code="messaging.template.registered")
    assert (entry.changes["provider_code"], entry.changes["places"]) == ([None, "SMS_1"], [None, "who=name, day"])
    Template.objects.filter(pk=confirmed.pk).update(en="")
    with pytest.raises(Refused, match="没有这种方式或语言"):
        entered(Template.objects.get(pk=confirmed.pk), "SMS_1", language="en", by=cast.admin)


def test_the_page_of_a_template_shows_what_is_missing_and_takes_it(cast, confirmed, login):
    page, address = login(cast.admin), "/messages/templates/appt_confirmed/"
    with sending_by(SET):
        assert page.get(address).content.decode().count("没有登记，发不出去") == 2
        form = page.get(f"{address}registrations/aliyun/zh-hans/").content.decode()
        assert "您{month}月{day}日{time}的{item}" in form and "centre\nday" in form
        refused = page.post(f"{address}registrations/aliyun/zh-hans/", {"code": "SMS_9", "places": "colour"})
        assert refused.status_code == 422 and "没有 colour 这样的内容" in refused.content.decode()
        page.post(f"{address}registrations/aliyun/zh-hans/", {"code": "SMS_9", "places": "who=name\r\ntime"})
        shown = page.get(address).content.decode()
    assert "<code>SMS_9</code>" in shown and "<code>who=name</code>" in shown and shown.count("没有登记，发不出去") == 1
    for wrong in ("aliyun/fr", "carrier/en"):
        assert page.get(f"{address}registrations/{wrong}/").status_code == 404
    assert login(cast.manager).get(f"{address}registrations/aliyun/zh-hans/").status_code == 403
