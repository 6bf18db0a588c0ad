"""Reading a list part by part."""

import base64

import pytest

from kefu.organisation.models import Room

pytestmark = pytest.mark.urls("kefu.foundation.api.tests.shelf")


@pytest.fixture
def rooms(cast):
    Room.objects.all().delete()
    kinds = ["b", "a", "b", "a", "c"]
    for number, kind in enumerate(kinds):
        Room.objects.create(code=f"R{number}", zh=f"{number} 诊室", node=cast.bj, kind=kind)


def read_all(caller, query):
    codes, after = [], ""
    while True:
        part = caller.get(f"rooms?limit=2{query}{after}").json()
        codes.append([item["code"] for item in part["items"]])
        if part["next"] is None:
            return codes
        after = f"&after={part['next']}"


def test_every_row_comes_once_in_order(program, cast, rooms):
    assert read_all(program(cast.doctor), "") == [["R1", "R3"], ["R0", "R2"], ["R4"]]


def test_directions_may_differ(program, cast, rooms):
    assert read_all(program(cast.doctor), "&newest=true") == [["R3", "R1"], ["R2", "R0"], ["R4"]]


def test_a_row_inserted_meanwhile_shifts_nothing(program, cast, rooms):
    caller = program(cast.doctor)
    first = caller.get("rooms?limit=2").json()
    Room.objects.create(code="NEW", zh="新", node=cast.bj, kind="a")
    second = caller.get(f"rooms?limit=2&after={first['next']}").json()
    assert [item["code"] for item in second["items"]] == ["NEW", "R0"]


def test_an_exact_last_page_says_so(program, cast, rooms):
    assert program(cast.doctor).get("rooms?limit=5").json()["next"] is None


def test_a_page_costs_the_same_for_one_row_and_for_many(program, cast, rooms, django_assert_num_queries):
    caller = program(cast.doctor)
    caller.get("rooms")
    for limit in (1, 5):
        with django_assert_num_queries(2):
            caller.get(f"rooms?limit={limit}")


@pytest.mark.parametrize(
    "values", ["[1]", '["a"]', '["a", "x"]', '["a", null]', '{"a": 1}', '["a\\u0000", 1]', "[", "\udcff"]
)
def test_a_cursor_of_another_list_is_refused(program, cast, rooms, values):
    cursor = base64.urlsafe_b64encode(values.encode("utf-8", "surrogateescape")).decode().rstrip("=")
    answer = program(cast.doctor).get(f"rooms?after={cursor}")
    assert answer.status_code == 404
    assert answer.json()["errors"][0]["field"] == "after"


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=201", "limit=x", "limit=", "after=a%20b", "newest=yes", "since=1.1.2026", "colour=red"]
)
def test_the_query_is_checked_like_a_body(program, cast, rooms, query):
    answer = program(cast.doctor).get(f"rooms?{query}")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == query.partition("=")[0]


def test_searching_filters(program, cast, rooms):
    items = program(cast.doctor).get("rooms").json()["items"]
    assert len(items) == 5
    assert [item["code"] for item in program(cast.doctor).get("rooms?q=3").json()["items"]] == ["R3"]
