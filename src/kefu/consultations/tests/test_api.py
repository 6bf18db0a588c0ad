"""Another program asks for the questions, answers them, and gets the archive number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from kefu.consultations.models import Consultation
from kefu.customers.models import Customer
from kefu.foundation.api.actions import issue_token
from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.gates import registry
from kefu.organisation.models import User
from kefu.testing.cast import AT, Cast

Answers = dict[str, object]
Program = Callable[[User], Client]


@pytest.fixture(autouse=True)
def no_guards(monkeypatch: pytest.MonkeyPatch) -> None:
    """No module above has a say here."""
    monkeypatch.setattr(registry, "_guards", [])


@pytest.fixture
def program(settings: Any) -> Program:
    """A program that acts as a person, at the story's moment."""
    settings.TEST_CLOCK = True

    def acting(user: User) -> Client:
        token = issue_token(user=user, name="程序", by=user, at=AT)
        return Client(headers={"Authorization": f"Bearer {token}", "X-Kefu-At": AT.isoformat()})

    return acting


def _post(client: Client, customer: Customer, answers: Answers, **headers: str) -> Any:
    address = f"/api/v1/customers/cus_{customer.pk}/consultations"
    return client.post(address, {"answers": answers}, content_type="application/json", headers=headers)


@pytest.mark.req("JRN-004", part="API")
def test_the_questions_are_told_as_the_interface_says(cast: Cast, customer: Customer, program: Program) -> None:
    told = program(cast.doctor).get("/api/v1/questionnaires/interview").json()
    assert told["version"] == 1
    questions = {question["code"]: question for question in told["questions"]}
    assert len(questions) == 158
    assert questions["DIG01_01_S"] == {
        "code": "DIG01_01_S", "type": "choice", "required": False, "options": ["1", "2", "3"], "show_if": "DIG01_01_F>0", "min": None,
        "max": None, "exclusive": None, "section": "DIG", "zh": "肚子胀气：程度", "en": "bloating: Severity",
    }  # fmt: skip
    assert questions["SLP02"]["max"] == 16
    visit = program(cast.manager).get("/api/v1/questionnaires/visit").json()["questions"]
    assert (visit[0]["type"], visit[0]["options"]) == ("choice", [5, 4, 3, 2, 1, 0])
    assert visit[8]["options"] == list(range(11))
    assert program(cast.doctor).get("/api/v1/questionnaires/nothing").status_code == 404


@pytest.mark.req("CUS-004")
def test_answering_what_is_required_gives_the_archive_number(
    cast: Cast, customer: Customer, program: Program, answers: Answers
) -> None:
    answer = _post(
        program(cast.doctor), customer, {**answers, "CAR01_02_F": "2", "CAR01_02_S": "3", "DIG01_01_S": None}
    )
    assert answer.status_code == 201, answer.content.decode()
    told = answer.json()
    saved = Consultation.objects.get()
    assert {name: told[name] for name in ("id", "customer", "archive_number", "doctor", "state", "version", "saved_at", "alerts")} == {
        "id": f"con_{saved.pk}", "customer": f"cus_{customer.pk}", "archive_number": "HA2600001", "doctor": "2002", "state": "saved",
        "version": 1, "saved_at": "2026-11-23T09:00:00+08:00", "alerts": ["胸闷程度重：请医生先判断是否需要立即就医。"],
    }  # fmt: skip
    assert told["scores"][1] == {"section": "CAR", "score": 6, "maximum": 60, "percent": "10.0", "band": "green"}


def test_each_missing_answer_is_named_by_its_code(
    cast: Cast, customer: Customer, program: Program, answers: Answers
) -> None:
    del answers["GOA01"], answers["STR01"]
    answer = _post(
        program(cast.doctor), customer, {**answers, "HIS01": ["none", "lipid"], "GOA03": 3, "EXE03": 9, "TYPO": "x"}
    )
    assert answer.status_code == 422
    assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [
        ("GOA01", "required"), ("HIS01", "exclusive"), ("STR01", "required"), ("EXE03", "unknown_option"), ("TYPO", "unknown_question"),
    ]  # fmt: skip
    assert not Consultation.objects.exists()


def test_a_repeated_call_saves_once(cast: Cast, customer: Customer, program: Program, answers: Answers) -> None:
    doctor = program(cast.doctor)
    first = _post(doctor, customer, answers, **{"Idempotency-Key": "k1"})
    second = _post(doctor, customer, answers, **{"Idempotency-Key": "k1"})
    assert first.json() == second.json()
    assert Consultation.objects.count() == 1


def test_rights_are_those_of_the_pages(cast: Cast, customer: Customer, program: Program, answers: Answers) -> None:
    assert _post(program(cast.doctor2), customer, answers).status_code == 404
    assert _post(program(cast.manager), customer, answers).status_code == 403
    assert _post(program(cast.doctor), customer, answers).status_code == 201
    saved = Consultation.objects.get()
    assert program(cast.manager).get(f"/api/v1/consultations/con_{saved.pk}").json()["archive_number"] == "HA2600001"
    assert program(cast.sh_doctor).get(f"/api/v1/consultations/con_{saved.pk}").status_code == 404
    assert program(cast.service).get(f"/api/v1/consultations/con_{saved.pk}").status_code == 403
    assert program(cast.service).get(f"/api/v1/customers/cus_{customer.pk}/consultations").status_code == 403
    listed = program(cast.manager).get(f"/api/v1/customers/cus_{customer.pk}/consultations").json()
    assert [item["id"] for item in listed["items"]] == [f"con_{saved.pk}"]
    assert AuditEntry.objects.filter(code__startswith="consultations.", kind="read").count() == 2
