"""The shipped questionnaires: demonstration data that a physician must review and replace."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from kefu.foundation.audit.trail import action, nothing_changed, record
from kefu.organisation.models import User
from kefu.questionnaires.choices import QuestionnaireKind, VersionState
from kefu.questionnaires.models import Questionnaire, QuestionnaireVersion
from kefu.questionnaires.rules.definition import read
from kefu.questionnaires.rules.publishing import flaws

CONTENT = Path(__file__).resolve().parent / "content"
INTERVIEW = "interview"


@action
def load(*, by: User | None, at: datetime) -> int:
    """Publish the shipped questionnaires that do not exist yet; what people edited stays. Answers how many were made."""
    known = set(Questionnaire.objects.values_list("code", flat=True))
    missing = [(kind, definition) for kind, definition in shipped() if definition["code"] not in known]
    for kind, definition in missing:
        found = flaws(read(definition))
        if found:
            raise ValueError(f"{definition['code']}: {found}")
        _publish(kind, definition, by=by, at=at)
    if missing:
        record(
            "questionnaires.content.loaded",
            by=by,
            at=at,
            changes={"questionnaires": (len(known), len(known) + len(missing))},
        )
    else:
        nothing_changed()
    return len(missing)


def shipped() -> list[tuple[QuestionnaireKind, dict[str, Any]]]:
    """The definitions that come with Kefu, each with its kind."""
    interview, surveys = _read("interview.yaml"), _read("surveys.yaml")
    found = [(QuestionnaireKind.INTERVIEW, interview)]
    for survey in surveys["questionnaires"]:
        section = {"code": "MAIN", "zh": survey["zh"], "en": survey["en"], "system": False}
        questions = [{**question, "section": "MAIN"} for question in survey["questions"]]
        scales = [scale for scale in surveys["scales"] if scale["code"] in {q.get("scale") for q in questions}]
        found.append(
            (QuestionnaireKind.SURVEY, {**survey, "scales": scales, "sections": [section], "questions": questions})
        )
    return found


def _read(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.load((CONTENT / name).read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return loaded


def _publish(kind: QuestionnaireKind, definition: dict[str, Any], *, by: User | None, at: datetime) -> None:
    questionnaire = Questionnaire.objects.create(
        code=definition["code"], zh=definition["zh"], en=definition["en"], kind=kind, created_at=at
    )
    QuestionnaireVersion.objects.create(
        questionnaire=questionnaire, number=1, state=VersionState.PUBLISHED, definition=definition,
        created_by=by, created_at=at, published_by=by, published_at=at,
    )  # fmt: skip
