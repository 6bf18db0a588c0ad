"""Every route of the API keeps what its description promises, whatever is thrown at it."""

import random
from collections.abc import Callable, Iterator

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, Phase, given, seed, settings
from ninja import Schema
from schemathesis import Response
from schemathesis.core.failures import FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from kefu.customers.models import Customer
from kefu.foundation.api.actions import issue_token
from kefu.foundation.worktime.content import load_calendars
from kefu.journey.content import load_journeys
from kefu.messaging.content import load as load_messages
from kefu.questionnaires.content import load as load_questionnaires
from kefu.testing.cast import Cast
from kefu.testing.stories import customer_of, stocked_centre

EXAMPLES = 3
PHASES = (Phase.explicit, Phase.generate)  # the first failure is told as it is; shrinking would take minutes


@pytest.fixture
def world(cast: Cast) -> Cast:
    """A centre with its catalogue, questionnaires, journey and one customer."""
    load_calendars(by=None, at=cast.at)
    load_questionnaires(by=cast.admin, at=cast.at)
    load_messages(by=cast.admin, at=cast.at)
    load_journeys(by=cast.admin, at=cast.at)
    stocked_centre(cast)
    customer_of(cast)
    return cast


@pytest.fixture
def in_this_transaction() -> Iterator[None]:
    """Requests share the test's connection, which must stay open."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def known(world: Cast) -> dict[str, str]:
    """What references can be replaced with so that some requests get beyond 404."""
    return {
        "customer_id": f"cus_{Customer.objects.get().pk}",
        "customer": f"cus_{Customer.objects.get().pk}",
        "doctor": world.doctor.job_number,
        "health_manager": world.manager.job_number,
        "node": "BJ",
        "code": "interview",
        "survey_id": "initial_satisfaction",
        "product": "N-014",
    }


def with_known(case: schemathesis.Case, names: dict[str, str]) -> schemathesis.Case:
    """The same case about things that exist, three times out of four."""
    if random.Random(repr(case.path_parameters) + repr(case.body)).random() < 0.25:
        return case
    for place in (case.path_parameters, case.query, case.body):
        if isinstance(place, dict):
            place.update({name: value for name, value in names.items() if name in place})
    return case


SCHEMA_CODES = frozenset(
    [
        "type",
        "format",
        "unknown_field",
        "too_small",
        "too_large",
        "too_short",
        "too_long",
        "too_few",
        "too_many",
        "day",
        "moment",
        "money",
        "not_a_choice",
    ]
)


def what_the_schema_allows_is_read(ctx: object, response: Response, case: schemathesis.Case) -> None:
    """A rule may refuse a field with 422 (an age of 140, an unanswered question); the schema itself may not."""
    if response.status_code == 422:
        wrong = [error for error in response.json()["errors"] if error["code"] in SCHEMA_CODES]
        assert wrong == [], f"the description allows what is refused: {wrong} in {case.body!r}"


def checks_of(mode: GenerationMode, method: str) -> dict[str, list[Callable[..., object]]]:
    """What is asked besides the checks that always count: no 500, the status, media type and body that were promised."""
    if mode is GenerationMode.POSITIVE:
        return {"additional_checks": [what_the_schema_allows_is_read], "excluded_checks": [positive_data_acceptance]}
    # An empty list in a query is no parameter at all, so what counts as wrong there may well be right.
    return {"excluded_checks": [negative_data_rejection] if method == "get" else []}


def faults_of(operation: APIOperation, mode: GenerationMode, token: str, names: dict[str, str]) -> list[str]:
    """Throw a few generated requests at an operation; what it promised and did not keep."""
    checks = checks_of(mode, operation.method)
    limits = settings(
        max_examples=EXAMPLES, deadline=None, database=None, phases=PHASES, suppress_health_check=list(HealthCheck)
    )

    @seed(20261123)
    @limits
    @given(case=operation.as_strategy(generation_mode=mode))
    def throw(case: schemathesis.Case) -> None:
        with_known(case, names).call_and_validate(headers={"Authorization": f"Bearer {token}"}, **checks)

    try:
        throw()
    except (FailureGroup, AssertionError) as failure:
        found = getattr(failure, "exceptions", [failure])
        return [f"{operation.method.upper()} {operation.path}: {each}" for each in found]
    return []


@pytest.mark.parametrize(
    ("mode", "role"),
    [(GenerationMode.POSITIVE, "manager"), (GenerationMode.POSITIVE, "doctor"), (GenerationMode.NEGATIVE, "doctor")],
)
def test_no_route_breaks_its_promise(world: Cast, in_this_transaction: None, mode: GenerationMode, role: str) -> None:
    token = issue_token(user=getattr(world, role), name="fuzz", by=world.admin, at=world.at)
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
    operations = [result.ok() for result in schema.get_all_operations()]
    assert len(operations) > 30
    names = known(world)
    faults = [fault for operation in operations for fault in faults_of(operation, mode, token, names)]
    assert not faults, "\n\n".join(faults)


def test_no_two_bodies_share_a_name() -> None:
    """The description knows a body by the name of its class: one of two with the same name would describe both."""
    names: dict[str, set[str]] = {}
    waiting = [Schema]
    while waiting:
        for model in waiting.pop().__subclasses__():
            waiting.append(model)
            if model.__module__.startswith("kefu.") and "[" not in model.__name__ and ".tests." not in model.__module__:
                names.setdefault(model.__name__, set()).add(model.__module__)
    assert {name: modules for name, modules in names.items() if len(modules) > 1} == {}


def test_moments_are_written_with_the_offset_of_the_house(db: None, client: Client) -> None:
    """A plain datetime would be written in UTC beside moments in local time."""
    parts = client.get("/api/v1/openapi.json").json()["components"]["schemas"]
    moments = {
        f"{name}.{field}": one
        for name, part in parts.items()
        for field, schema in part.get("properties", {}).items()
        for one in schema.get("anyOf", [schema])
        if one.get("format") == "date-time"
    }
    assert len(moments) > 10
    assert [place for place, schema in moments.items() if "pattern" not in schema] == []
