"""An activity by a provider that sends only what it has registered: said before it starts, then sent by the registered template."""

import json
from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from kefu.followup.actions.pushes import approve_push, register_words, run_push
from kefu.followup.jobs import begin_pushes, write_pushes
from kefu.followup.tests.test_api import ask  # noqa: F401  a fixture
from kefu.followup.tests.test_pushes import _ready, draft, marketing, person  # noqa: F401  fixtures
from kefu.foundation.jobs.testing import run_pending
from kefu.foundation.notices import queries as bell
from kefu.foundation.outbox.models import OutboxMessage
from kefu.kernel.errors import Forbidden, Invalid, Refused
from kefu.messaging.actions import set_wish
from kefu.messaging.choices import Language, Provider
from kefu.messaging.tests.gateways import answers, provider
from kefu.messaging.tests.test_provider_templates import SET, sending_by
from kefu.organisation.models import User
from kefu.testing.cast import Cast

EN = "Dear {name}, a talk on 8 December. Reply R to opt out."


def registered(cast: Cast, push, code: str, *places: str, language: str = "zh-hans", by=None) -> None:
    register_words(
        push=push,
        provider=Provider.ALIYUN,
        language=Language(language),
        code=code,
        places=places,
        by=by or cast.manager,
        at=cast.at,
    )


@pytest.mark.req("FUP-008")
def test_a_push_says_what_is_not_registered_before_it_starts_and_leaves_by_what_is(
    cast: Cast,
    marketing: User,  # noqa: F811
    login: Callable[[User], Client],
) -> None:
    person(cast, "白示安", 1, date(1960, 5, 1))
    foreign = person(cast, "Ann Demo", 2, date(1960, 5, 2))
    set_wish(customer=foreign, language="en", by=cast.manager, at=cast.at)
    push, page = draft(cast, cast.manager, en=EN, per_minute=10), login(cast.manager)
    with provider(answers({"Code": "OK", "BizId": "b-1"})) as there, sending_by(SET | {"KEFU_SMS_URL": there.url}):
        shown = page.get(f"/pushes/{push.pk}/").content.decode()
        assert "阿里云短信还没有登记中文文字" in shown and "阿里云短信还没有登记英文文字" in shown
        with pytest.raises(Refused, match="阿里云短信 中文、阿里云短信 英文。请先登记"):
            approve_push(push=push, by=marketing, at=cast.at)

        form = page.get(f"/pushes/{push.pk}/registrations/aliyun/zh-hans/").content.decode()
        assert push.title not in form and "您好" in form
        page.post(
            f"/pushes/{push.pk}/registrations/aliyun/zh-hans/", {"code": "SMS_77", "places": "who=name\nwhere=centre"}
        )
        with pytest.raises(Invalid, match="没有 month"):
            registered(cast, push, "SMS_78", "month", language="en")
        with pytest.raises(Forbidden):
            registered(cast, push, "SMS_78", "name", language="en", by=cast.manager2)
        registered(cast, push, "SMS_78", "name", language="en")
        assert "还没有登记" not in page.get(f"/pushes/{push.pk}/").content.decode()
        approve_push(push=push, by=marketing, at=cast.at)
        with pytest.raises(Refused, match="已批准"):
            registered(cast, push, "SMS_OTHER", "name")  # what was approved is what leaves
        run_push(push=push, by=cast.manager, at=cast.at)
        write_pushes(at=cast.at)
        run_pending(cast.at)

    assert sorted((call.query["TemplateCode"], *json.loads(call.query["TemplateParam"]).values()) for call in there.got) == [
        ("SMS_77", "白女士", "北京朝阳中心"), ("SMS_78", "Ann Demo"),
    ]  # fmt: skip
    assert set(OutboxMessage.objects.values_list("state", flat=True)) == {"sent"}


@pytest.mark.req("FUP-008")
def test_a_provider_changed_after_the_approval_stops_the_push_before_the_first_message(cast: Cast, marketing) -> None:  # noqa: F811
    person(cast, "白示安", 1, date(1960, 5, 1))
    push = draft(cast, cast.manager, planned_at=cast.at.replace(hour=23))
    approve_push(push=push, by=marketing, at=cast.at)
    with sending_by(SET):
        begin_pushes(at=cast.at.replace(hour=23))
        write_pushes(at=cast.at.replace(hour=23))
    push.refresh_from_db()
    assert (push.state, push.recipients.count(), OutboxMessage.objects.count()) == ("approved", 0, 0)
    assert "服务商还没有登记这条文字" in bell.latest(cast.manager)[0].text


def test_the_same_over_the_api(cast: Cast, marketing, ask) -> None:  # noqa: F811
    path = f"pushes/psh_{draft(cast, cast.manager).pk}"
    with sending_by(SET):
        assert ask(cast.manager, f"{path}/preview").json()["unregistered"] == [
            {"provider": "aliyun", "language": "zh-hans"}
        ]
        answer = ask(marketing, f"{path}/approval", {})
        assert (answer.status_code, answer.json()["code"]) == (409, "unregistered")
        wrong = ask(cast.manager, f"{path}/registrations", {"provider": "aliyun", "code": "SMS_1", "places": ["month"]})
        assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "places")
        assert (
            ask(
                cast.manager, f"{path}/registrations", {"provider": "aliyun", "code": "SMS_1", "places": ["name"]}
            ).status_code
            == 200
        )
        assert ask(cast.manager, f"{path}/preview").json()["unregistered"] == []
        assert ask(marketing, f"{path}/approval", {}).json()["state"] == "approved"
