"""Two colleagues have their pages open; what one transaction publishes both hear, and what is rolled back nobody."""

import asyncio
import json
import signal

import pytest
from asgiref.sync import sync_to_async
from django.db import connection, connections, transaction
from django.test import AsyncClient

from kefu.foundation.realtime import hub as hubs
from kefu.foundation.realtime.hub import hub
from kefu.foundation.realtime.publishing import EVERYONE, of_node, of_user, publish
from kefu.foundation.realtime.queries import topics_of
from kefu.foundation.realtime.views import OPENING, stream
from kefu.testing.cast import build_cast


@pytest.fixture
def people(transactional_db):
    return build_cast()


async def page(user, headers=None):
    """An open page: the stream after its opening frame."""
    client = AsyncClient()
    await client.aforce_login(user)
    response = await client.get("/events/", headers=headers)
    assert response.headers["Content-Type"] == "text/event-stream"
    frames = aiter(response.streaming_content)
    assert await anext(frames) == OPENING
    return frames


def run(story):
    """The story in an event loop of its own, whose threads leave no connection behind."""

    async def whole():
        try:
            return await story
        finally:
            await sync_to_async(connections.close_all)()

    return asyncio.run(whole())


async def heard(frames) -> tuple[str, dict]:
    message = json.loads((await asyncio.wait_for(anext(frames), 5)).removeprefix(b"data: "))
    return message["topic"], message["data"]


@sync_to_async
def tell(*messages, roll_back=False):
    try:
        with transaction.atomic():
            for message in messages:
                publish(*message)
            if roll_back:
                raise ZeroDivisionError
    except ZeroDivisionError:
        pass


def test_both_pages_hear_a_commit_and_neither_a_rollback(people):
    async def story():
        doctor, manager = await page(people.doctor), await page(people.manager)
        await tell((EVERYONE, "lost", {"id": 1}), roll_back=True)
        await tell((EVERYONE, "board", {"id": 2}))

        assert await heard(doctor) == ("board", {"id": 2})
        assert await heard(manager) == ("board", {"id": 2})
        await doctor.aclose()
        await manager.aclose()

    run(story())


def test_a_page_hears_its_person_and_nodes_and_no_others(people):
    async def story():
        beijing, shanghai = await page(people.doctor), await page(people.sh_doctor)
        await tell(
            (of_user(people.doctor), "notice", {"id": 1}),
            (of_node(people.sh.pk), "journey", {"id": 2}),
            (EVERYONE, "end", {}),
        )

        assert [await heard(beijing) for _ in range(2)] == [("notice", {"id": 1}), ("end", {})]
        assert [await heard(shanghai) for _ in range(2)] == [("journey", {"id": 2}), ("end", {})]
        await beijing.aclose()
        await shanghai.aclose()

    run(story())


def test_a_page_that_comes_back_looks_again(people):
    async def story():
        frames = await page(people.doctor, headers={"Last-Event-ID": "1"})
        assert await heard(frames) == ("resync", {})
        await frames.aclose()

    run(story())


def test_after_a_lost_connection_pages_look_again_and_hear_on(people, monkeypatch):
    monkeypatch.setattr("kefu.foundation.realtime.listener.PAUSE", 0.01)

    @sync_to_async
    def cut():
        with connection.cursor() as cursor:
            cursor.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where datname = current_database() and query = 'listen kefu_events'"
            )
            assert cursor.rowcount == 1

    async def story():
        frames = await page(people.doctor)
        await cut()
        assert await heard(frames) == ("resync", {})
        await tell((EVERYONE, "board", {"id": 3}))
        assert await heard(frames) == ("board", {"id": 3})
        await frames.aclose()

    run(story())


def test_a_slow_page_loses_the_oldest_and_the_listener_goes_with_the_last_page(people, monkeypatch):
    monkeypatch.setattr(hubs, "WAITING", 3)

    async def story():
        with hub().subscribed(frozenset({EVERYONE})) as queue:
            listening = hub().listening
            for number in range(5):
                hub().deliver(json.dumps({"to": EVERYONE, "topic": "board", "data": {"id": number}}))
            assert [json.loads(queue.get_nowait()[6:])["data"]["id"] for _ in range(3)] == [2, 3, 4]
        await asyncio.wait({listening})
        assert listening.cancelled()
        assert hub().queues == {}

    run(story())


def test_streams_end_when_the_server_is_told_to_stop_and_the_server_hears_it_too(people):
    told = []
    before = signal.signal(signal.SIGTERM, server := lambda *_signal: told.append("server"))

    async def story():
        frames = await page(people.doctor)
        signal.raise_signal(signal.SIGTERM)
        assert [frame async for frame in frames] == []

    try:
        run(story())
        assert told == ["server"]
        assert signal.getsignal(signal.SIGTERM) is server
    finally:
        signal.signal(signal.SIGTERM, before)


def test_an_idle_stream_stays_awake_and_ends_in_time(people, monkeypatch):
    monkeypatch.setattr("kefu.foundation.realtime.views.KEEP_ALIVE", 0.01)
    monkeypatch.setattr("kefu.foundation.realtime.views.LIFETIME", 0.5)

    async def story():
        return [frame async for frame in stream(frozenset({EVERYONE}))]

    frames = run(story())
    assert frames[0] == OPENING
    assert set(frames[1:]) == {b": keep-alive\n\n"}


def test_an_open_page_keeps_no_connection_of_its_own(people):
    @sync_to_async
    def sessions():
        with connection.cursor() as cursor:
            cursor.execute("select count(*) from pg_stat_activity where datname = current_database()")
            return cursor.fetchone()[0]

    async def story():
        before = await sessions()
        pages = [await page(user) for user in (people.doctor, people.manager, people.guide)]
        assert await sessions() == before + 1  # the one that listens
        for frames in pages:
            await frames.aclose()

    run(story())


def test_without_login_there_is_no_stream(people, client):
    response = client.get("/events/")

    assert response.status_code == 302
    assert response.headers["Location"].endswith("?next=/events/")


def test_a_person_hears_the_nodes_of_every_role(people):
    assert topics_of(people.doctor) == {of_user(people.doctor), of_node(people.bj.pk), EVERYONE}
    assert topics_of(people.service) >= {of_node(node.pk) for node in (people.hq, people.bj, people.sh)}


def test_rows_are_refused(people):
    with pytest.raises(ValueError, match="send ids"):
        publish(EVERYONE, "report", {"text": "长" * 2700})
