"""A program that does not know whether its first try arrived sends it again."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection

from kefu.foundation.api import once
from kefu.foundation.api.models import StoredAnswer
from kefu.organisation.models import Room

pytestmark = pytest.mark.urls("kefu.foundation.api.tests.shelf")

ROOM = {"code": "R9", "name": "九诊室", "node": "BJ"}


def test_the_second_try_gets_the_first_answer_and_writes_nothing(program, cast):
    caller = program(cast.manager)
    first = caller.post("rooms", ROOM, Idempotency_Key="k-1")
    again = caller.post("rooms", ROOM, Idempotency_Key="k-1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert again["Content-Type"] == first["Content-Type"] == "application/json; charset=utf-8"
    assert again["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first
    assert Room.objects.filter(code="R9").count() == 1


def test_the_same_body_written_differently_is_the_same(program, cast):
    caller = program(cast.manager)
    caller.post("rooms", ROOM, Idempotency_Key="k-1")
    respelt = b'{"node":"BJ",   "name":"\\u4e5d\xe8\xaf\x8a\xe5\xae\xa4", "code":"R9"}'
    assert caller.post("rooms", respelt, Idempotency_Key="k-1").status_code == 201


def test_the_key_with_another_body_is_refused(program, cast):
    caller = program(cast.manager)
    caller.post("rooms", ROOM, Idempotency_Key="k-1")
    answer = caller.post("rooms", ROOM | {"code": "R10"}, Idempotency_Key="k-1")
    assert (answer.status_code, answer.json()["code"]) == (409, "key_reused")
    assert not Room.objects.filter(code="R10").exists()


def test_a_key_belongs_to_one_person_and_one_address(program, cast):
    program(cast.manager).post("rooms", ROOM, Idempotency_Key="k-1")
    other = program(cast.doctor).post("rooms", ROOM | {"code": "R10"}, Idempotency_Key="k-1")
    assert other.status_code == 201
    assert program(cast.manager).post("echo", {"count": 1}, Idempotency_Key="k-1").json()["count"] == 1


def test_a_refused_write_leaves_the_key_free(program, cast):
    caller = program(cast.manager)
    assert caller.post("rooms", ROOM | {"name": "厨房"}, Idempotency_Key="k-1").status_code == 409
    assert not StoredAnswer.objects.exists()
    assert caller.post("rooms", ROOM, Idempotency_Key="k-1").status_code == 201


@pytest.mark.parametrize("key", ["", "a b", "钥匙", "k" * 201])
def test_a_key_is_visible_ascii(program, cast, key):
    answer = program(cast.manager).post("rooms", ROOM, Idempotency_Key=key)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "Idempotency-Key"
    assert not Room.objects.filter(code="R9").exists()


def test_keys_are_forgotten_after_a_week(program, cast):
    program(cast.manager).post("rooms", ROOM, Idempotency_Key="k-1")
    assert once.forget_answers(cast.at) == 0
    assert once.forget_answers(cast.at + timedelta(seconds=1)) == 1


def test_reads_take_no_notice_of_keys(program, cast):
    assert program(cast.manager).get("rooms", **{"Idempotency-Key": "k-1"}).status_code == 200
    assert not StoredAnswer.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_eight_tries_at_once_make_one_room(program, cast):
    caller = program(cast.manager)
    start, answers = Barrier(8), []

    def try_it():
        try:
            start.wait()
            answers.append(caller.__class__.send(caller, "POST", "rooms", ROOM, Idempotency_Key="k-1"))
        finally:
            connection.close()

    threads = [Thread(target=try_it) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status_code for answer in answers] == [201] * 8
    assert len({answer.content for answer in answers}) == 1
    assert sum("Idempotency-Replayed" in answer for answer in answers) == 7
    assert Room.objects.filter(code="R9").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_bodies_at_once_under_one_key_one_is_done_and_one_refused(program, cast):
    caller = program(cast.manager)
    start, answers = Barrier(2), []

    def try_it(code):
        try:
            start.wait()
            answers.append(caller.post("rooms", ROOM | {"code": code}, Idempotency_Key="k-1"))
        finally:
            connection.close()

    threads = [Thread(target=try_it, args=(code,)) for code in ("R9", "R10")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert Room.objects.filter(code__in=["R9", "R10"]).count() == 1
