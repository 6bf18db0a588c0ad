"""Drafting, publishing and dropping versions (JRN-004, SAT-001). Sheets that were begun keep their version."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, record
from kefu.kernel.errors import FieldError, Invalid, Refused
from kefu.organisation.models import User
from kefu.questionnaires.choices import QuestionnaireKind, VersionState
from kefu.questionnaires.drafts import lock_draft
from kefu.questionnaires.models import Questionnaire, QuestionnaireVersion
from kefu.questionnaires.permissions import QuestionnairePermission
from kefu.questionnaires.queries import draft_flaws
from kefu.questionnaires.wording import flaw_words


@action
def create_questionnaire(
    *, code: str, zh: str, en: str = "", kind: QuestionnaireKind, by: User, at: datetime
) -> QuestionnaireVersion:
    """Begin a questionnaire with an empty first draft. Raises Invalid for a code that is taken."""
    require(by, QuestionnairePermission.EDIT)
    if Questionnaire.objects.filter(code=code).exists():
        raise Invalid.one("code", "taken", _("这个编码已经有问卷在用"))
    made = Questionnaire.objects.create(code=code, zh=zh, en=en, kind=kind, created_at=at)
    version = _new_version(
        made,
        {"code": code, "zh": zh, "en": en, "scales": [], "sections": [_first_section()], "questions": []},
        by=by,
        at=at,
    )
    record("questionnaires.questionnaire.created", by=by, at=at, subject=Subject("questionnaires.questionnaire", made.pk),
           changes={"code": (None, code), "zh": (None, zh)})  # fmt: skip
    return version


@action
def start_draft(*, questionnaire: Questionnaire, by: User, at: datetime) -> QuestionnaireVersion:
    """Copy the newest version into a draft that can be edited. Raises Refused while there is one already."""
    require(by, QuestionnairePermission.EDIT)
    locked = Questionnaire.objects.select_for_update(no_key=True).get(pk=questionnaire.pk)
    newest = locked.versions.order_by("-number").first()
    if newest is None or newest.state == VersionState.DRAFT:
        raise Refused("draft_exists", _("已经有一份草稿，先发布或作废它。"))
    draft = _new_version(locked, newest.definition, number=newest.number + 1, by=by, at=at)
    _record(draft, "drafted", by=by, at=at)
    return draft


@action
def publish(*, version: QuestionnaireVersion, by: User, at: datetime) -> QuestionnaireVersion:
    """Put a draft into use in place of the version before. Raises Invalid with every flaw, each naming its question."""
    require(by, QuestionnairePermission.EDIT)
    draft = lock_draft(version)
    if found := draft_flaws(draft):
        raise Invalid(FieldError(flaw.code, flaw.kind, flaw_words(flaw)) for flaw in found)
    in_use = QuestionnaireVersion.objects.filter(questionnaire=draft.questionnaire, state=VersionState.PUBLISHED)
    in_use.update(state=VersionState.RETIRED, retired_at=at)
    draft.state, draft.published_at, draft.published_by = VersionState.PUBLISHED, at, by
    draft.save(update_fields=["state", "published_at", "published_by"])
    _record(draft, "published", by=by, at=at)
    return draft


@action
def drop_draft(*, version: QuestionnaireVersion, by: User, at: datetime) -> None:
    """Throw a draft away; published versions and their sheets are untouched. Raises Refused for the only version there is."""
    require(by, QuestionnairePermission.EDIT)
    draft = lock_draft(version)
    if not draft.questionnaire.versions.exclude(pk=draft.pk).exists():
        raise Refused("only_version", _("这是唯一的版本，不能作废。"))
    _record(draft, "dropped", by=by, at=at)
    draft.delete()


def _new_version(
    questionnaire: Questionnaire, definition: dict[str, Any], *, number: int = 1, by: User, at: datetime
) -> QuestionnaireVersion:
    return QuestionnaireVersion.objects.create(
        questionnaire=questionnaire, number=number, definition=definition, created_by=by, created_at=at
    )


def _first_section() -> dict[str, object]:
    return {"code": "MAIN", "zh": "问题", "en": "Questions", "system": False}


def _record(version: QuestionnaireVersion, verb: str, *, by: User, at: datetime) -> None:
    record(f"questionnaires.version.{verb}", by=by, at=at, subject=Subject("questionnaires.version", version.pk),
           changes={"number": (None, version.number)})  # fmt: skip
