"""Editing the questions of a draft: adding, changing, moving, removing, and the parts around them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, nothing_changed, record
from kefu.kernel.errors import Invalid, OutOfScope
from kefu.organisation.models import User
from kefu.questionnaires.drafts import lock_draft
from kefu.questionnaires.models import QuestionnaireVersion
from kefu.questionnaires.permissions import QuestionnairePermission
from kefu.questionnaires.rules.definition import DefinitionError, read
from kefu.questionnaires.rules.flattening import flatten

Row = dict[str, Any]
PARTS = ("sections", "alerts", "score_bands")


@action
def add_question(
    *, version: QuestionnaireVersion, question: Row, revision: int | None = None, by: User, at: datetime
) -> QuestionnaireVersion:
    """Put a question at the end of its section. Raises Invalid for a code that the draft uses already."""
    require(by, QuestionnairePermission.EDIT)
    draft = lock_draft(version, revision)
    rows = list(draft.definition["questions"])
    if question["code"] in _codes(draft):
        raise Invalid.one("code", "taken", _("这个编号已经用了"))
    rows.insert(_end_of(rows, question["section"], draft.definition["sections"]), question)
    return _save(draft, {"questions": rows}, "added", question["code"], None, question, by=by, at=at)


@action
def change_question(
    *, version: QuestionnaireVersion, code: str, question: Row, revision: int | None = None, by: User, at: datetime
) -> QuestionnaireVersion:
    """Replace what a question says; its code stays. Raises OutOfScope for a question that is not there."""
    require(by, QuestionnairePermission.EDIT)
    draft = lock_draft(version, revision)
    rows, index = list(draft.definition["questions"]), _index(draft, code)
    before, changed = rows[index], {**question, "code": code}
    if before == changed:
        nothing_changed()
        return draft
    rows[index] = changed
    if before["section"] != changed["section"]:
        rows.pop(index)
        rows.insert(_end_of(rows, changed["section"], draft.definition["sections"]), changed)
    return _save(draft, {"questions": rows}, "changed", code, before, changed, by=by, at=at)


@action
def move_question(
    *, version: QuestionnaireVersion, code: str, steps: int, by: User, at: datetime
) -> QuestionnaireVersion:
    """Move a question within its section, up (negative) or down; at the end of the section it stays."""
    require(by, QuestionnairePermission.EDIT)
    draft = lock_draft(version)
    rows, index = list(draft.definition["questions"]), _index(draft, code)
    target = index + steps
    if not 0 <= target < len(rows) or rows[target]["section"] != rows[index]["section"]:
        nothing_changed()
        return draft
    rows.insert(target, rows.pop(index))
    return _save(draft, {"questions": rows}, "moved", code, index + 1, target + 1, by=by, at=at)


@action
def remove_question(*, version: QuestionnaireVersion, code: str, by: User, at: datetime) -> QuestionnaireVersion:
    """Take a question out of the draft; its code is never given to another question."""
    require(by, QuestionnairePermission.EDIT)
    draft = lock_draft(version)
    rows, index = list(draft.definition["questions"]), _index(draft, code)
    before = rows.pop(index)
    return _save(draft, {"questions": rows}, "removed", code, before, None, by=by, at=at)


@action
def set_part(
    *,
    version: QuestionnaireVersion,
    part: str,
    rows: Sequence[Row],
    revision: int | None = None,
    by: User,
    at: datetime,
) -> QuestionnaireVersion:
    """Replace the sections, the alerts or the score bands. Raises OutOfScope for another part."""
    require(by, QuestionnairePermission.EDIT)
    if part not in PARTS:
        raise OutOfScope()
    draft = lock_draft(version, revision)
    before = draft.definition.get(part, [])
    if before == list(rows):
        nothing_changed()
        return draft
    return _save(draft, {part: list(rows)}, "changed", part, before, list(rows), by=by, at=at)


def _save(
    draft: QuestionnaireVersion, changes: Mapping[str, object], verb: str, code: str, before: object, after: object, *,
    by: User, at: datetime,
) -> QuestionnaireVersion:  # fmt: skip
    definition = {**draft.definition, **changes}
    try:
        read(definition)
    except DefinitionError as error:
        raise Invalid.one("code", "definition", _("这一题的内容不完整，请检查编号、题型和选项")) from error
    draft.definition, draft.revision = definition, draft.revision + 1
    draft.save(update_fields=["definition", "revision"])
    record(f"questionnaires.question.{verb}", by=by, at=at, subject=Subject("questionnaires.version", draft.pk),
           changes={code: (before, after)})  # fmt: skip
    return QuestionnaireVersion.objects.select_related("questionnaire").get(pk=draft.pk)


def _codes(draft: QuestionnaireVersion) -> set[str]:
    return {row["code"] for row in draft.definition["questions"]} | {item.code for item in flatten(draft.form)}


def _index(draft: QuestionnaireVersion, code: str) -> int:
    for index, row in enumerate(draft.definition["questions"]):
        if row["code"] == code:
            return index
    raise OutOfScope()


def _end_of(rows: Sequence[Row], section: str, sections: Sequence[Row]) -> int:
    """Where a section ends, so that questions stay in the order of the sections."""
    order = [row["code"] for row in sections]
    until = set(order[: order.index(section) + 1]) if section in order else set(order)
    return max((index + 1 for index, row in enumerate(rows) if row["section"] in until), default=0)
