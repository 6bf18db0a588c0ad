"""Surveys over the API."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from ninja import Router, Status
from pydantic import Field, JsonValue

from kefu.customers.models import Customer
from kefu.customers.references import customer_named
from kefu.foundation.api.references import reference
from kefu.foundation.api.requests import ApiRequest
from kefu.foundation.api.responses import RESPONSES
from kefu.foundation.api.rights import needs
from kefu.foundation.api.schemas import Ident, In, Line, Out
from kefu.kernel.ids import ident
from kefu.questionnaires.models import Questionnaire
from kefu.questionnaires.permissions import QuestionnairePermission
from kefu.questionnaires.queries import published_version
from kefu.questionnaires.rules.flattening import outline
from kefu.surveys import actions
from kefu.surveys.choices import SurveyChannel
from kefu.surveys.permissions import SurveyPermission
from kefu.surveys.queries import surveys

router = Router(tags=["surveys"])


class SurveyOut(Out):
    """A survey."""

    id: str
    code: str
    name: str


class SurveyList(Out):
    """The surveys in use; never paged."""

    items: list[SurveyOut]
    next: None


class SurveyDetail(SurveyOut):
    """A survey with its questions, as the interview's are told."""

    version: int
    questions: list[dict[str, JsonValue]]


class ResponseIn(In):
    """A customer's answers by question code."""

    customer: Ident
    answers: Annotated[dict[str, JsonValue], Field(max_length=1000)]
    channel: SurveyChannel = SurveyChannel.PHONE


class ResponseOut(Out):
    """A response with its computed rate: satisfied per hundred valid answers."""

    id: str
    satisfied: int
    valid: int
    rate: Decimal | None


@router.get("surveys", response={200: SurveyList, **RESPONSES}, operation_id="surveys_list")
@needs(SurveyPermission.VIEW, QuestionnairePermission.VIEW)
def list_surveys(request: ApiRequest) -> dict[str, object]:
    """The satisfaction surveys in use."""
    return {"items": [_show(survey) for survey in surveys()], "next": None}


@router.get("surveys/{survey_id}", response={200: SurveyDetail, **RESPONSES}, operation_id="surveys_read")
@needs(SurveyPermission.VIEW, QuestionnairePermission.VIEW)
def read_survey(request: ApiRequest, survey_id: Line) -> dict[str, object]:
    """One survey with its questions."""
    survey = _survey(survey_id)
    version = published_version(survey.code)
    return _show(survey) | {"version": version.number, "questions": outline(version.form)}


@router.post("surveys/{survey_id}/responses", response={201: ResponseOut, **RESPONSES}, operation_id="surveys_respond")
@needs(SurveyPermission.RUN)
def create_response(request: ApiRequest, survey_id: Line, body: ResponseIn) -> Status[object]:
    """Keep a customer's answers; 422 names each missing or impossible one."""
    visible = Customer.objects.visible_to(request.user, SurveyPermission.RUN)
    customer = customer_named(visible, body.customer, field="customer")
    made = actions.record_response(
        customer=customer,
        survey=_survey(survey_id),
        answers=body.answers,
        channel=body.channel,
        by=request.user,
        at=request.at,
    )
    return Status(
        201, {"id": ident("sur", made.pk), "satisfied": made.satisfied, "valid": made.valid, "rate": made.rate}
    )


def _survey(text: str) -> Questionnaire:
    return reference(surveys(), text, "qst", "code")


def _show(survey: Questionnaire) -> dict[str, object]:
    return {"id": ident("qst", survey.pk), "code": survey.code, "name": survey.label}
