"""The administrator sees whether the worker lives, what failed and what could not leave."""

from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from kefu.foundation.audit.trail import action, record
from kefu.foundation.jobs.defer import defer
from kefu.foundation.jobs.registry import job
from kefu.foundation.outbox.actions import put
from kefu.foundation.outbox.models import OutboxMessage


@job("story.admin.breaks", retry=0)
def breaks() -> None:
    raise ValueError("printer on fire")


@action
def write_message(*, by, at) -> None:
    put(channel="pigeon", key="story-1", payload={"text": "…"}, at=at)
    record("story.message.written", by=by, at=at)


def test_a_dead_worker_is_seen_by_everybody(cast, login):
    for person in (cast.doctor, cast.guide, cast.admin):
        assert "后台任务停了" in login(person).get("/notices/").content.decode()
    assert "停了：请重启服务" in login(cast.admin).get("/jobs/").content.decode()


def test_a_failed_job_is_retried_from_the_page(cast, login):
    defer("story.admin.breaks")
    failed = ProcrastinateJob.objects.get(task_name="story.admin.breaks")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'failed', attempts = 1 WHERE id = %s", [failed.pk])
    page = login(cast.admin)
    assert "story.admin.breaks" in page.get("/jobs/").content.decode()

    assert page.post(f"/jobs/{failed.pk}/retry/").status_code == 302
    assert ProcrastinateJob.objects.get(pk=failed.pk).status == "todo"
    assert login(cast.director).get("/jobs/").status_code == 403


def test_a_message_without_channel_is_given_up_with_a_reason(cast, login):
    write_message(by=cast.manager, at=cast.at)
    message = OutboxMessage.objects.get()
    OutboxMessage.objects.update(state="dead", last_error="号码不存在")
    page = login(cast.admin)
    assert "号码不存在" in page.get("/jobs/").content.decode()

    page.post(f"/jobs/messages/{message.pk}/cancellation/", {"reason": ""})
    assert OutboxMessage.objects.get().state == "dead"
    page.post(f"/jobs/messages/{message.pk}/cancellation/", {"reason": "客户换了号码"})
    assert OutboxMessage.objects.get().state == "cancelled"
    assert page.post(f"/jobs/messages/{message.pk}/retry/").status_code == 302  # no longer stopped: said, not done
    assert OutboxMessage.objects.get().state == "cancelled"
