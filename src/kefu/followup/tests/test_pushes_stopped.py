"""An activity that is stopped, one that fails beside others, and one that goes to WeChat."""

from datetime import date, timedelta

import pytest

from kefu.customers.actions import give_consent
from kefu.followup import jobs
from kefu.followup.actions.pushes import approve_push, run_push, stop_push
from kefu.followup.models import Push
from kefu.followup.queries.pushes import outcome
from kefu.followup.tests.test_pushes import _ready, draft, marketing, person  # noqa: F401  fixtures
from kefu.foundation.jobs.testing import run_pending
from kefu.foundation.outbox import delivery, transports
from kefu.foundation.outbox.actions import retry
from kefu.foundation.outbox.testing import connected
from kefu.foundation.outbox.transports import PermanentError, TransientError
from kefu.messaging.tests.people import wechat
from kefu.organisation.models import User
from kefu.testing.cast import Cast


@pytest.fixture
def running(cast: Cast, marketing: User) -> Push:  # noqa: F811
    for number, name in enumerate("安宁和", 1):
        person(cast, f"白示{name}", number, date(1960, 5, number))
    return begun(cast, marketing, per_minute=10)


def begun(cast: Cast, by: User, **more: object) -> Push:
    push = draft(cast, cast.manager, **more)
    approve_push(push=push, by=by, at=cast.at)
    return run_push(push=push, by=cast.manager, at=cast.at)


@pytest.mark.req("FUP-008")
def test_what_is_being_sent_when_it_is_stopped_is_not_tried_again_and_what_failed_stays_failed(
    cast: Cast, running: Push
) -> None:
    jobs.write_pushes(at=cast.at)
    failed, taken, waiting = (one.message.outbox for one in running.recipients.order_by("pk"))
    with connected("sms", PermanentError("refused")):
        delivery.deliver(message_id=failed.pk, at=cast.at)

    def stopped(payload: dict[str, object], key: str) -> None:
        stop_push(push=running, by=cast.manager, at=cast.at)
        raise TransientError("busy")

    transports.register("sms", stopped)
    delivery.deliver(message_id=taken.pk, at=cast.at)
    with connected("sms") as gateway:
        for minutes in (0, 5, 60):
            run_pending(cast.at + timedelta(minutes=minutes))
        assert retry(message_id=failed.pk, by=cast.admin, at=cast.at) is False
        run_pending(cast.at + timedelta(minutes=61))
    transports.close("sms")

    for one in (taken, waiting):
        one.refresh_from_db()
    assert (gateway.got, taken.state, waiting.state) == ([], "cancelled", "cancelled")


@pytest.mark.req("FUP-008")
def test_the_result_of_what_was_stopped_says_what_failed(cast: Cast, running: Push) -> None:
    with connected("sms", PermanentError("refused")):
        jobs.write_pushes(at=cast.at)
        run_pending(cast.at)
    stop_push(push=running, by=cast.manager, at=cast.at)
    assert {str(word.label): many for word, many in outcome(running).states} == {"已发送": 2, "发送失败": 1}


@pytest.mark.req("FUP-008")
def test_it_goes_to_wechat_of_who_follows_and_agreed_and_by_text_message_to_the_others(
    cast: Cast,
    marketing: User,  # noqa: F811
) -> None:
    follows, agreed_not, _other = (
        person(cast, f"白示{name}", number, date(1960, 5, number)) for number, name in enumerate("安宁和", 1)
    )
    for one in (follows, agreed_not):
        wechat(one)
    give_consent(
        customer=follows, scope="marketing_wechat", method="spoken", note="好", by=cast.manager, at=cast.at
    )  # fmt: skip
    with connected("wechat") as account, connected("sms") as sms:
        push = begun(cast, marketing, channels=["wechat", "sms"], per_minute=10)
        jobs.write_pushes(at=cast.at)
        run_pending(cast.at)

    assert [one.message.channel for one in push.recipients.order_by("pk")] == ["wechat", "sms", "sms"]
    assert (len(account.got), sorted(payload["to"][-1] for _key, payload in sms.got)) == (1, ["2", "3"])
    assert "健康讲座" in str(account.got[0][1])


@pytest.mark.parametrize("step", ["begin", "write"])
def test_one_that_fails_stops_no_other_and_the_log_names_nobody(
    cast: Cast,
    running: Push,
    marketing: User,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    step: str,
) -> None:
    name = "run_push" if step == "begin" else "write_portion"
    when = cast.at + timedelta(hours=1)
    if step == "begin":
        first, second = (
            draft(cast, cast.manager, title=title, planned_at=when, per_minute=10) for title in ("一", "二")
        )
        for push in (first, second):
            approve_push(push=push, by=marketing, at=cast.at)
    else:
        first, second = running, begun(cast, marketing, title="二", per_minute=10)
    right = getattr(jobs, name)

    def breaks(**given: object) -> object:
        if first.pk in (given.get("push_id"), getattr(given.get("push"), "pk", None)):
            raise ValueError("白示安")
        return right(**given)

    monkeypatch.setattr(jobs, name, breaks)
    jobs.begin_pushes(at=when)
    jobs.write_pushes(at=when)

    first.refresh_from_db()
    second.refresh_from_db()
    assert second.state in ("running", "done") and second.recipients.exclude(message=None).count() == 3
    assert not first.recipients.exclude(message=None).exists()
    assert f"push {first.pk} did not go on: ValueError" in caplog.text and "白示安" not in caplog.text
