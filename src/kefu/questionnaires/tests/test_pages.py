"""The administrator's pages: the list, the editor of a draft, the preview, publishing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from kefu.organisation.models import User
from kefu.questionnaires.actions.versions import start_draft
from kefu.questionnaires.content import load
from kefu.questionnaires.models import QuestionnaireVersion
from kefu.questionnaires.queries import published_version
from kefu.testing.cast import Cast

Login = Callable[[User], Client]
DRAFT = "/questionnaires/interview/versions/2/"


@pytest.fixture
def admin(cast: Cast, login: Login) -> Client:
    """The administrator's browser; the shipped questionnaires are loaded."""
    load(by=cast.admin, at=cast.at)
    return login(cast.admin)


@pytest.fixture
def draft(cast: Cast, admin: Client) -> QuestionnaireVersion:
    """A draft of the interview's second version."""
    return start_draft(questionnaire=published_version("interview").questionnaire, by=cast.admin, at=cast.at)


def _lines(prefix: str, rows: list[dict[str, object]], initial: int = 0) -> dict[str, object]:
    posted: dict[str, object] = {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": initial}
    for index, row in enumerate(rows):
        posted |= {f"{prefix}-{index}-{name}": value for name, value in row.items()}
    return posted


def _question(**fields: object) -> dict[str, object]:
    empty = {
        "scale": "",
        "en": "",
        "why_zh": "",
        "why_en": "",
        "show_if": "",
        "exclusive": "",
        "min": "",
        "max": "",
        "revision": "",
    }
    return {**empty, **_lines("option", []), **_lines("row", []), **fields}


def test_the_list_shows_what_is_in_use(admin: Client, draft: QuestionnaireVersion) -> None:
    text = admin.get("/questionnaires/").content.decode()
    assert "功能医学问诊表" in text
    assert "第 2 版草稿" in text
    assert "投诉办结回访" in text


@pytest.mark.parametrize(
    "address", ["/questionnaires/", "/questionnaires/interview/", f"{DRAFT}preview/", f"{DRAFT}questions/GOA01/"]
)
def test_others_do_not_see_the_pages(cast: Cast, draft: QuestionnaireVersion, login: Login, address: str) -> None:
    assert login(cast.doctor).get(address).status_code == 403


def test_a_draft_is_started_once(admin: Client) -> None:
    assert admin.post("/questionnaires/interview/").headers["Location"] == DRAFT
    again = admin.post("/questionnaires/interview/", follow=True)
    assert "已经有一份草稿" in again.content.decode()


@pytest.mark.req("JRN-004", part="maintenance")
def test_a_question_with_options_is_added_and_published(admin: Client, draft: QuestionnaireVersion) -> None:
    options = [
        {"value": "yes", "zh": "会", "en": "yes", "score": "1", "judged": ""}, {"value": "no", "zh": "不会", "en": "no", "score": "0", "judged": ""},
        {"value": "", "zh": "", "en": "", "score": "", "judged": ""},
    ]  # fmt: skip
    told = _question(
        code="GOA05", section="GOA", type="choice", zh="会疼吗？", required="on", **_lines("option", options)
    )
    answer = admin.post(f"{DRAFT}questions/new/", told)
    assert answer.headers["Location"] == f"{DRAFT}#q-GOA05"
    draft.refresh_from_db()
    added = draft.definition["questions"][4]
    assert added == {
        "code": "GOA05", "section": "GOA", "type": "choice", "required": True, "zh": "会疼吗？", "en": "",
        "options": [{"value": "yes", "zh": "会", "en": "yes", "score": 1}, {"value": "no", "zh": "不会", "en": "no", "score": 0}],
    }  # fmt: skip
    assert "会疼吗？" in admin.get(DRAFT).content.decode()
    assert admin.post(f"{DRAFT}publication/").headers["Location"] == DRAFT
    assert published_version("interview").number == 2


def test_rows_of_a_matrix_are_added_and_dropped(admin: Client, draft: QuestionnaireVersion) -> None:
    page = admin.get(f"{DRAFT}questions/DIG01/").content.decode()
    assert "肚子胀气" in page
    before = next(row for row in draft.definition["questions"] if row["code"] == "DIG01")
    rows: list[dict[str, object]] = [
        *({**row, "en": row["en"]} for row in before["rows"]),
        {"code": "DIG01_07", "zh": "嗳气", "en": "belching"},
    ]
    rows[0]["DELETE"] = "on"
    told = _question(section="DIG", type="matrix", zh=before["zh"], **_lines("row", rows, initial=6))
    assert admin.post(f"{DRAFT}questions/DIG01/", told).status_code == 302
    draft.refresh_from_db()
    after = next(row for row in draft.definition["questions"] if row["code"] == "DIG01")
    assert [row["code"] for row in after["rows"]] == [f"DIG01_0{n}" for n in range(2, 8)]
    assert after["columns"] == before["columns"]
    assert after["score"] == "sum(frequency*severity)"


def test_saving_a_question_unchanged_keeps_what_other_modules_need(admin: Client, cast: Cast) -> None:
    draft = start_draft(questionnaire=published_version("visit").questionnaire, by=cast.admin, at=cast.at)
    before = draft.definition["questions"][7]
    told = _question(section="MAIN", type="scale", scale="sat5", zh=before["zh"], en=before["en"], required="on")
    assert admin.post("/questionnaires/visit/versions/2/questions/VISIT_08/", told).status_code == 302
    draft.refresh_from_db()
    assert draft.definition["questions"][7] == before
    assert before["overall"] is True
    assert before["responsible_role"] == "centre_director"


def test_a_mistake_in_the_form_is_said_beside_the_field_and_changes_nothing(
    admin: Client, draft: QuestionnaireVersion
) -> None:
    told = _question(code="goa 5", section="GOA", type="number", zh="几次？", show_if="HIS03 ist ja", min="viel")
    answer = admin.post(f"{DRAFT}questions/new/", told)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "编号只用大写字母" in text
    assert "看不懂这个条件" in text
    assert "要填数字" in text
    draft.refresh_from_db()
    assert draft.revision == 1


def test_a_draft_says_what_is_to_be_mended_and_is_not_published(admin: Client, draft: QuestionnaireVersion) -> None:
    admin.post(f"{DRAFT}questions/HIS03/removal/")
    text = admin.get(DRAFT).content.decode()
    assert "发布前还要改 1 处" in text
    assert "显示条件里的“HIS03”要排在这一题前面" in text
    assert admin.post(f"{DRAFT}publication/").status_code == 422
    assert published_version("interview").number == 1


def test_questions_move_and_parts_are_edited(admin: Client, draft: QuestionnaireVersion) -> None:
    admin.post(f"{DRAFT}questions/GOA02/place/", {"to": "up"})
    alert = {"code": "sleep", "when": "SLP02<=4", "zh": "睡得太少", "en": ""}
    answer = admin.post(f"{DRAFT}parts/alerts/", {**_lines("line", [alert]), "revision": ""})
    assert answer.status_code == 302
    draft.refresh_from_db()
    assert [row["code"] for row in draft.definition["questions"][:2]] == ["GOA02", "GOA01"]
    assert draft.definition["alerts"] == [alert]
    bands: list[dict[str, object]] = [{**band, "en": ""} for band in draft.definition["score_bands"]]
    bands += [{"code": "", "zh": "", "en": "", "percent_from": "", "percent_to": ""}]
    bands[1]["percent_from"] = 25
    answer = admin.post(f"{DRAFT}parts/score_bands/", {**_lines("line", bands, initial=3), "revision": ""})
    assert answer.status_code == 302
    assert "分档要从 0 到 100 首尾相接" in admin.get(DRAFT).content.decode()
    assert admin.get(f"{DRAFT}parts/questions/").status_code == 404


def test_the_preview_is_the_sheet_the_doctor_sees(admin: Client, draft: QuestionnaireVersion) -> None:
    woman = admin.get(f"{DRAFT}preview/?sex=female").content.decode()
    man = admin.get(f"{DRAFT}preview/?sex=male").content.decode()
    assert 'id="q-WOM01" data-item' in woman
    hidden = man[man.index('id="q-WOM01"') :].split(">")[0]
    assert hidden.endswith(" hidden")
    assert not woman[woman.index('id="q-WOM01"') :].split(">")[0].endswith(" hidden")
    assert "肚子胀气" in woman


def test_a_questionnaire_is_begun_on_the_page_and_dropped_drafts_are_gone(
    admin: Client, draft: QuestionnaireVersion
) -> None:
    begun = admin.post("/questionnaires/new/", {"code": "lecture", "zh": "讲座满意度", "en": "", "kind": "survey"})
    assert begun.headers["Location"] == "/questionnaires/lecture/versions/1/"
    assert "还没有问题" in admin.get("/questionnaires/lecture/versions/1/").content.decode()
    assert "找不回来" in admin.get(f"{DRAFT}disposal/").content.decode()
    admin.post(f"{DRAFT}disposal/")
    assert not QuestionnaireVersion.objects.filter(pk=draft.pk).exists()
