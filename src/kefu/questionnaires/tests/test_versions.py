"""An administrator changes the questions: drafts, edits, publishing, and sheets that keep their version."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.audit.trail import action, record
from kefu.kernel.errors import Forbidden, Invalid, OutOfScope, Refused
from kefu.questionnaires.actions import questions, sheets, versions
from kefu.questionnaires.choices import QuestionnaireKind, VersionState
from kefu.questionnaires.content import load
from kefu.questionnaires.models import Questionnaire, QuestionnaireVersion
from kefu.questionnaires.queries import published_version
from kefu.questionnaires.tests.forms import MATRIX, question
from kefu.testing.cast import Cast


@pytest.fixture
def interview(cast: Cast) -> QuestionnaireVersion:
    """The shipped interview, in use."""
    load(by=cast.admin, at=cast.at)
    return published_version("interview")


@pytest.fixture
def draft(cast: Cast, interview: QuestionnaireVersion) -> QuestionnaireVersion:
    """A draft of the interview's second version."""
    return versions.start_draft(questionnaire=interview.questionnaire, by=cast.admin, at=cast.at)


def _codes(version: QuestionnaireVersion) -> list[str]:
    return [row["code"] for row in version.definition["questions"]]


def test_loading_twice_adds_nothing(cast: Cast) -> None:
    assert load(by=None, at=cast.at) == 9
    assert load(by=None, at=cast.at) == 0
    assert list(Questionnaire.objects.values_list("code", flat=True)) == [
        "interview", "visit", "phone_product", "top_spender", "online", "partner", "leaving", "rework", "complaint",
    ]  # fmt: skip
    assert set(QuestionnaireVersion.objects.values_list("number", "state")) == {(1, VersionState.PUBLISHED)}


@pytest.mark.req("JRN-004", part="maintenance")
def test_a_new_version_replaces_the_old_one_and_open_sheets_keep_theirs(
    cast: Cast, interview: QuestionnaireVersion
) -> None:
    sheet = _sheet(interview, cast)
    draft = versions.start_draft(questionnaire=interview.questionnaire, by=cast.admin, at=cast.at)
    questions.add_question(
        version=draft, question=question("NEW01", required=True) | {"section": "GOA"}, by=cast.admin, at=cast.at
    )
    versions.publish(version=draft, by=cast.admin, at=cast.at + timedelta(hours=1))
    interview.refresh_from_db()
    assert interview.state == VersionState.RETIRED
    assert interview.retired_at == cast.at + timedelta(hours=1)
    assert published_version("interview").number == 2
    assert _codes(published_version("interview"))[4] == "NEW01"
    sheet.refresh_from_db()
    assert sheet.version == interview
    assert "NEW01" not in _codes(sheet.version)


def test_only_the_administrator_edits(cast: Cast, interview: QuestionnaireVersion) -> None:
    for person in (cast.doctor, cast.manager, cast.service):
        with pytest.raises(Forbidden):
            versions.start_draft(questionnaire=interview.questionnaire, by=person, at=cast.at)
    assert QuestionnaireVersion.objects.filter(questionnaire=interview.questionnaire).count() == 1


def test_there_is_one_draft_at_a_time(cast: Cast, draft: QuestionnaireVersion) -> None:
    assert draft.number == 2
    with pytest.raises(Refused) as refused:
        versions.start_draft(questionnaire=draft.questionnaire, by=cast.admin, at=cast.at)
    assert refused.value.code == "draft_exists"


def test_a_question_is_changed_moved_and_removed(cast: Cast, draft: QuestionnaireVersion) -> None:
    row = next(row for row in draft.definition["questions"] if row["code"] == "GOA03")
    changed = questions.change_question(
        version=draft, code="GOA03", question={**row, "zh": "影响有多大？"}, by=cast.admin, at=cast.at
    )
    assert changed.definition["questions"][2]["zh"] == "影响有多大？"
    entry = AuditEntry.objects.get(code="questionnaires.question.changed")
    assert entry.changes.keys() == {"GOA03"}
    moved = questions.move_question(version=draft, code="GOA03", steps=-1, by=cast.admin, at=cast.at)
    assert _codes(moved)[:4] == ["GOA01", "GOA03", "GOA02", "GOA04"]
    same = questions.move_question(version=draft, code="GOA01", steps=-1, by=cast.admin, at=cast.at)
    assert _codes(same)[:2] == ["GOA01", "GOA03"]
    removed = questions.remove_question(version=draft, code="GOA04", by=cast.admin, at=cast.at)
    assert "GOA04" not in _codes(removed)
    with pytest.raises(OutOfScope):
        questions.remove_question(version=draft, code="GOA04", by=cast.admin, at=cast.at)


def test_a_question_moves_to_the_end_of_another_section(cast: Cast, draft: QuestionnaireVersion) -> None:
    row = next(row for row in draft.definition["questions"] if row["code"] == "GOA03")
    changed = questions.change_question(
        version=draft, code="GOA03", question={**row, "section": "DIG"}, by=cast.admin, at=cast.at
    )
    assert _codes(changed)[:6] == ["GOA01", "GOA02", "GOA04", "DIG01", "DIG02", "GOA03"]


def test_a_code_in_use_is_not_taken_twice(cast: Cast, draft: QuestionnaireVersion) -> None:
    for code in ("GOA01", "DIG01_01_F"):
        with pytest.raises(Invalid) as wrong:
            questions.add_question(
                version=draft, question={**question(code), "section": "GOA"}, by=cast.admin, at=cast.at
            )
        assert [(error.field, error.code) for error in wrong.value.errors] == [("code", "taken")]


def test_publishing_names_every_flaw_with_its_question(cast: Cast, draft: QuestionnaireVersion) -> None:
    questions.add_question(
        version=draft, question={**question("GOA05", show_if="HIS03=true"), "section": "GOA"}, by=cast.admin, at=cast.at
    )
    questions.remove_question(version=draft, code="HIS03", by=cast.admin, at=cast.at)
    with pytest.raises(Invalid) as wrong:
        versions.publish(version=draft, by=cast.admin, at=cast.at)
    assert [(error.field, error.code) for error in wrong.value.errors] == [
        ("GOA05", "condition_later"),
        ("HIS04", "condition_later"),
    ]
    assert "HIS03" in str(wrong.value.errors[0].message)
    assert published_version("interview").number == 1


def test_a_removed_code_cannot_come_back_with_another_meaning(cast: Cast, draft: QuestionnaireVersion) -> None:
    questions.remove_question(version=draft, code="GOA04", by=cast.admin, at=cast.at)
    second = versions.publish(version=draft, by=cast.admin, at=cast.at)
    third = versions.start_draft(questionnaire=second.questionnaire, by=cast.admin, at=cast.at)
    questions.add_question(version=third, question={**question("GOA04"), "section": "GOA"}, by=cast.admin, at=cast.at)
    with pytest.raises(Invalid) as wrong:
        versions.publish(version=third, by=cast.admin, at=cast.at)
    assert [(error.field, error.code) for error in wrong.value.errors] == [("GOA04", "code_other_type")]


def test_two_editors_do_not_overwrite_each_other(cast: Cast, draft: QuestionnaireVersion) -> None:
    read = draft.revision
    row = draft.definition["questions"][0]
    questions.change_question(
        version=draft, code="GOA01", question={**row, "zh": "一"}, revision=read, by=cast.admin, at=cast.at
    )
    with pytest.raises(Refused) as refused:
        questions.change_question(
            version=draft, code="GOA01", question={**row, "zh": "二"}, revision=read, by=cast.admin, at=cast.at
        )
    assert refused.value.code == "changed_meanwhile"
    draft.refresh_from_db()
    assert draft.definition["questions"][0]["zh"] == "一"


def test_a_published_version_never_changes_not_even_by_hand(cast: Cast, interview: QuestionnaireVersion) -> None:
    with pytest.raises(Refused):
        questions.remove_question(version=interview, code="GOA01", by=cast.admin, at=cast.at)
    with pytest.raises(IntegrityError), transaction.atomic():
        QuestionnaireVersion.objects.filter(pk=interview.pk).update(definition={})


def test_parts_around_the_questions_are_replaced_whole(cast: Cast, draft: QuestionnaireVersion) -> None:
    alerts = [{"code": "sleep", "when": "SLP02<=4", "zh": "睡得太少，请重点询问。", "en": ""}]
    changed = questions.set_part(version=draft, part="alerts", rows=alerts, by=cast.admin, at=cast.at)
    assert changed.definition["alerts"] == alerts
    with pytest.raises(OutOfScope):
        questions.set_part(version=draft, part="questions", rows=[], by=cast.admin, at=cast.at)


def test_a_draft_is_dropped_but_not_the_only_version(cast: Cast, draft: QuestionnaireVersion) -> None:
    versions.drop_draft(version=draft, by=cast.admin, at=cast.at)
    assert not QuestionnaireVersion.objects.filter(pk=draft.pk).exists()
    only = versions.create_questionnaire(
        code="exam", zh="考试", kind=QuestionnaireKind.SURVEY, by=cast.admin, at=cast.at
    )
    with pytest.raises(Refused) as refused:
        versions.drop_draft(version=only, by=cast.admin, at=cast.at)
    assert refused.value.code == "only_version"


@pytest.mark.req("SAT-001", part="edited in advance")
def test_a_new_questionnaire_is_written_and_published(cast: Cast) -> None:
    draft = versions.create_questionnaire(
        code="lecture", zh="讲座满意度", kind=QuestionnaireKind.SURVEY, by=cast.admin, at=cast.at
    )
    with pytest.raises(Invalid):
        versions.publish(version=draft, by=cast.admin, at=cast.at)
    with pytest.raises(Refused):
        published_version("lecture")
    main = {**question("LECTURE_01"), "section": "MAIN"}
    questions.add_question(version=draft, question=main, by=cast.admin, at=cast.at)
    versions.publish(version=draft, by=cast.admin, at=cast.at)
    assert _codes(published_version("lecture")) == ["LECTURE_01"]
    with pytest.raises(Invalid):
        versions.create_questionnaire(
            code="lecture", zh="又一个", kind=QuestionnaireKind.SURVEY, by=cast.admin, at=cast.at
        )


def test_a_question_that_is_no_question_is_refused(cast: Cast, draft: QuestionnaireVersion) -> None:
    with pytest.raises(Invalid) as wrong:
        questions.add_question(version=draft, question={**MATRIX, "code": "GOA09", "columns": [{"code": "F", "scale": "none"}]}, by=cast.admin, at=cast.at)  # fmt: skip
    assert [error.code for error in wrong.value.errors] == ["definition"]


def test_a_sheet_is_written_only_within_an_action(cast: Cast, interview: QuestionnaireVersion) -> None:
    with pytest.raises(RuntimeError):
        sheets.open_sheet(version=interview, by=cast.doctor, at=cast.at)


@action
def _opened(*, version: QuestionnaireVersion, by: object, at: object) -> object:
    record("test.opened", by=by, at=at)  # type: ignore[arg-type]
    return sheets.open_sheet(version=version, by=by, at=at)  # type: ignore[arg-type]


def _sheet(version: QuestionnaireVersion, cast: Cast) -> object:
    return _opened(version=version, by=cast.doctor, at=cast.at)
