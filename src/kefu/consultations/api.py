"""Interviews for other programs: one call that saves, and reading."""

from __future__ import annotations

from typing import Annotated

from ninja import Query, Router, Status
from pydantic import Field, StringConstraints

from kefu.consultations import actions, queries
from kefu.consultations.models import Consultation
from kefu.consultations.permissions import ConsultationPermission
from kefu.customers.models import Customer
from kefu.customers.references import customer_named
from kefu.foundation.api.paging import Listing, Page, listing
from kefu.foundation.api.references import reference
from kefu.foundation.api.requests import ApiRequest
from kefu.foundation.api.responses import RESPONSES
from kefu.foundation.api.rights import needs
from kefu.foundation.api.schemas import In, Moment, Out
from kefu.foundation.audit.trail import Subject, record_read
from kefu.kernel.ids import ident
from kefu.questionnaires.reading import alert_words

router = Router(tags=["consultations"])

Words = Annotated[str, StringConstraints(max_length=4000)]
Number = Annotated[int, Field(strict=True)] | Annotated[float, Field(strict=True)]
Chosen = Annotated[list[Words | Annotated[int, Field(strict=True)]], Field(max_length=50)]
Given = Words | Annotated[bool, Field(strict=True)] | Number | Chosen | None


class ConsultationIn(In):
    """Answers by the code of the question; a question that is not answered is left out or null."""

    answers: Annotated[dict[str, Given], Field(max_length=1000)]


class ScoreOut(Out):
    """The score of one system; `percent` of the most possible, `band` empty while nothing of it was answered."""

    section: str
    score: int
    maximum: int
    percent: str
    band: str


class ConsultationOut(Out):
    """An interview as saved."""

    id: str
    customer: str
    archive_number: str | None
    doctor: str
    state: str
    version: int
    started_at: Moment
    saved_at: Moment | None
    alerts: list[str]
    scores: list[ScoreOut]


def show(consultation: Consultation) -> dict[str, object]:
    """An interview as programs see it, without the answers."""
    sheet = consultation.sheet
    return {
        "id": ident("con", consultation.pk),
        "customer": ident("cus", consultation.customer_id),
        "archive_number": consultation.customer.archive_number,
        "doctor": consultation.doctor.job_number,
        "state": consultation.state,
        "version": sheet.version.number,
        "started_at": consultation.started_at,
        "saved_at": consultation.saved_at,
        "alerts": alert_words(sheet.version.form, sheet.alerts),
        "scores": sheet.scores,
    }


@router.post(
    "customers/{customer_id}/consultations",
    response={201: ConsultationOut, **RESPONSES},
    operation_id="consultations_create",
)
@needs(ConsultationPermission.CONDUCT)
def create_consultation(request: ApiRequest, customer_id: str, body: ConsultationIn) -> Status[dict[str, object]]:
    """Save an interview of an own customer; 422 names each missing or faulty answer by its code (JRN-004, CUS-004)."""
    customer = customer_named(Customer.objects.visible_to(request.user), customer_id)
    given = {code: answer for code, answer in body.answers.items() if answer is not None}
    saved = actions.conduct(customer=customer, answers=given, by=request.user, at=request.at)
    return Status(201, show(saved))


@router.get(
    "customers/{customer_id}/consultations",
    response={200: Listing[ConsultationOut], **RESPONSES},
    operation_id="consultations_list",
)
@needs(ConsultationPermission.VIEW)
def list_consultations(request: ApiRequest, customer_id: str, query: Query[Page]) -> dict[str, object]:
    """A customer's interviews within scope, newest first. Reading them is recorded."""
    customer = customer_named(Customer.objects.visible_to(request.user), customer_id)
    record_read(
        "consultations.customer.read", by=request.user, at=request.at, customer_id=customer.pk, node_id=customer.node_id
    )
    return listing(queries.of_customer(request.user, customer), query, order=("-started_at", "-id"), show=show)


@router.get(
    "consultations/{consultation_id}", response={200: ConsultationOut, **RESPONSES}, operation_id="consultations_read"
)
@needs(ConsultationPermission.VIEW)
def read_consultation(request: ApiRequest, consultation_id: str) -> dict[str, object]:
    """One interview. Reading it is recorded."""
    rows = Consultation.objects.visible_to(request.user).select_related("customer", "doctor", "sheet__version")
    found = reference(rows, consultation_id, "con")
    record_read("consultations.consultation.read", by=request.user, at=request.at, customer_id=found.customer_id,
                subject=Subject("consultations.consultation", found.pk), node_id=found.customer.node_id)  # fmt: skip
    return show(found)
