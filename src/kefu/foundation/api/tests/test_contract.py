"""The document that programs are written against tells the truth."""

import pytest

from kefu.foundation.api.routers import make_api
from kefu.foundation.api.tests.shelf import api

pytestmark = pytest.mark.urls("kefu.foundation.api.tests.shelf")


@pytest.fixture
def document(client, db):
    answer = client.get("/api/v1/openapi.json")
    assert answer.status_code == 200
    return answer.json()


def test_every_route_documents_every_error_as_a_problem(document):
    operation = document["paths"]["/api/v1/rooms"]["post"]
    assert set(operation["responses"]) == {"201", "400", "401", "403", "404", "409", "422"}
    for status in ("400", "401", "403", "404", "409", "422"):
        assert list(operation["responses"][status]["content"]) == ["application/problem+json"]
    problem = document["components"]["schemas"]["Problem"]
    assert problem["required"] == ["type", "title", "status", "code", "errors"]


def test_writes_take_a_key_and_reads_do_not(document):
    def names(operation):
        return [parameter["name"] for parameter in operation["parameters"]]

    assert names(document["paths"]["/api/v1/rooms"]["post"]) == ["Idempotency-Key"]
    assert names(document["paths"]["/api/v1/rooms"]["get"]) == ["after", "limit", "q", "newest", "since"]


def test_routes_ask_for_the_token(document):
    assert document["paths"]["/api/v1/rooms"]["get"]["security"] == [{"Bearer": []}]
    assert document["components"]["securitySchemes"] == {"Bearer": {"type": "http", "scheme": "bearer"}}


def test_bodies_refuse_unknown_fields(document):
    assert document["components"]["schemas"]["RoomIn"]["additionalProperties"] is False


def test_the_document_is_the_same_each_time(client, db, document):
    assert client.get("/api/v1/openapi.json").json() == document


def test_two_apis_may_live_in_one_process():
    assert make_api() is not api
