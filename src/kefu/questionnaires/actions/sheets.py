"""Filling in: opening a sheet, keeping drafts, making the answers final. Called by the modules that own the sheet."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from kefu.foundation.audit.trail import within_action
from kefu.kernel.errors import Invalid, Refused
from kefu.organisation.models import User
from kefu.questionnaires.choices import SheetState
from kefu.questionnaires.models import AnswerSheet, QuestionnaireVersion
from kefu.questionnaires.rules.answers import check, drafted
from kefu.questionnaires.rules.scores import alerts, section_scores
from kefu.questionnaires.wording import field_error

Given = Mapping[str, object]


@within_action
def open_sheet(
    *, version: QuestionnaireVersion, answers: Given | None = None, by: User | None, at: datetime
) -> AnswerSheet:
    """Begin a sheet on a version; it keeps that version whatever is published later."""
    kept = drafted(version.form, answers or {})
    return AnswerSheet.objects.create(version=version, answers=kept, created_by=by, created_at=at, saved_at=at)


@within_action
def keep_draft(*, sheet: AnswerSheet, answers: Given, revision: int | None = None, at: datetime) -> AnswerSheet:
    """Keep everything typed so far, right or wrong.

    Raises Refused when the sheet is final, or was changed in another window since `revision`.
    """
    found = _lock(sheet, revision)
    found.answers = drafted(found.version.form, answers)
    found.revision, found.saved_at = found.revision + 1, at
    found.save(update_fields=["answers", "revision", "saved_at"])
    return found


@within_action
def finalise(
    *, sheet: AnswerSheet, answers: Given, facts: Mapping[str, str], revision: int | None = None, at: datetime
) -> AnswerSheet:
    """Check the answers, compute scores and alerts, and make the sheet final.

    `facts` are what conditions may ask without a question (`{"sex": "female"}`). Raises Invalid with one error per
    faulty question, its field being the question's code; Refused as `keep_draft`.
    """
    found = _lock(sheet, revision)
    form = found.version.form
    checked = check(form, answers, facts)
    if checked.faults:
        raise Invalid(field_error(fault) for fault in checked.faults)
    found.answers = checked.answers
    found.scores = [score.as_json() for score in section_scores(form, checked.answers)]
    found.alerts = [alert.code for alert in alerts(form, checked.answers, facts)]
    found.state, found.finalised_at, found.saved_at = SheetState.FINAL, at, at
    found.revision += 1
    found.save(update_fields=["answers", "scores", "alerts", "state", "finalised_at", "saved_at", "revision"])
    return found


def _lock(sheet: AnswerSheet, revision: int | None) -> AnswerSheet:
    found = AnswerSheet.objects.select_for_update(of=("self",), no_key=True).select_related("version").get(pk=sheet.pk)
    if found.state == SheetState.FINAL:
        raise Refused("sheet_final", _("这份问卷已经保存，不能再改。"))
    if revision is not None and found.revision != revision:
        raise Refused("changed_elsewhere", _("这份问卷在别的窗口改过，请刷新后再填。"))
    return found
