"""The questions for other programs."""

from __future__ import annotations

from ninja import Router

from kefu.foundation.api.references import reference
from kefu.foundation.api.requests import ApiRequest
from kefu.foundation.api.responses import RESPONSES
from kefu.foundation.api.rights import everyone
from kefu.foundation.api.schemas import Out
from kefu.questionnaires.models import Questionnaire
from kefu.questionnaires.queries import published_version
from kefu.questionnaires.rules.flattening import outline

router = Router(tags=["questionnaires"])


class QuestionOut(Out):
    """One question; a matrix comes as one choice per cell. `show_if` says when it is asked, e.g. `HIS03=true`."""

    code: str
    type: str
    required: bool
    options: list[str | int]
    show_if: str | None
    min: int | float | None
    max: int | float | None
    exclusive: str | None
    section: str
    zh: str
    en: str


class QuestionnaireOut(Out):
    """The version in use."""

    code: str
    zh: str
    en: str
    version: int
    questions: list[QuestionOut]


@router.get("questionnaires/{code}", response={200: QuestionnaireOut, **RESPONSES}, operation_id="questionnaires_read")
@everyone
def read_questionnaire(request: ApiRequest, code: str) -> dict[str, object]:
    """The questions in use of a questionnaire, `interview` for the doctor's (JRN-004). Answers to hidden questions are ignored."""
    questionnaire = reference(Questionnaire.objects.all(), code, "qst", "code")
    version = published_version(questionnaire.code)
    return {
        "code": questionnaire.code,
        "zh": questionnaire.zh,
        "en": questionnaire.en,
        "version": version.number,
        "questions": outline(version.form),
    }
