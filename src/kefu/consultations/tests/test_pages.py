"""The doctor's pages: beginning, filling in, being told what is missing, the findings; and the customer's tab."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client, RequestFactory

from kefu.consultations import actions
from kefu.consultations.choices import ConsultationState
from kefu.consultations.models import Consultation
from kefu.consultations.slots import panel, unfinished
from kefu.consultations.tests.conftest import make_customer
from kefu.customers.models import Customer
from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.gates import registry
from kefu.kernel.errors import Refused
from kefu.organisation.models import User
from kefu.testing.cast import Cast

Login = Callable[[User], Client]
Answers = dict[str, object]


@pytest.fixture(autouse=True)
def guards(monkeypatch: pytest.MonkeyPatch) -> list[registry.Guard]:
    """No module above has a say unless the test gives it one."""
    own: list[registry.Guard] = []
    monkeypatch.setattr(registry, "_guards", own)
    return own


@pytest.fixture
def draft(cast: Cast, customer: Customer) -> Consultation:
    """The doctor has begun."""
    return actions.start(customer=customer, by=cast.doctor, at=cast.at)


def _posted(answers: Answers) -> dict[str, object]:
    """Answers as a browser posts them."""
    return {
        code: ("true" if value else "false") if isinstance(value, bool) else value for code, value in answers.items()
    }


def _address(consultation: Consultation) -> str:
    return f"/consultations/{consultation.pk}/"


@pytest.mark.req("JRN-004", part="page")
def test_a_doctor_begins_fills_in_and_saves(cast: Cast, customer: Customer, login: Login, answers: Answers) -> None:
    doctor = login(cast.doctor)
    assert "保存后生成健康档案号" in doctor.get(f"/customers/{customer.pk}/consultations/new/").content.decode()
    here = doctor.post(f"/customers/{customer.pk}/consultations/new/").headers["Location"]
    sheet = doctor.get(here).content.decode()
    assert "您这次最想解决的问题是什么？" in sheet
    assert 'name="DIG01_01_F"' in sheet
    assert doctor.get(f"/customers/{customer.pk}/consultations/new/").headers["Location"] == here
    done = doctor.post(here, _posted({**answers, "CAR01_02_F": "4", "CAR01_02_S": "3"}), follow=True).content.decode()
    assert "问诊已保存，健康档案号 HA2600001" in done
    assert done.index("胸闷程度重") < done.index("心血管系统")
    assert "20.0%" in done
    assert Consultation.objects.get().state == ConsultationState.SAVED


def test_a_second_press_shows_what_was_saved(cast: Cast, draft: Consultation, answers: Answers, login: Login) -> None:
    doctor = login(cast.doctor)
    doctor.post(_address(draft), _posted(answers))
    again = doctor.post(_address(draft), _posted(answers), follow=True)
    assert "已经保存或作废" in again.content.decode()
    assert "HA2600001" in again.content.decode()
    assert Consultation.objects.count() == 1


def test_missing_answers_are_listed_with_the_way_to_them_and_nothing_typed_is_lost(
    cast: Cast, draft: Consultation, login: Login
) -> None:
    answer = login(cast.doctor).post(_address(draft), {"GOA01": "睡不好", "SLP02": "七", "revision": "1"})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert 'href="#q-GOA02"' in text
    assert "还有 14 项要填或改" in text
    assert "要填数字" in text
    assert "睡不好</textarea>" in text
    draft.sheet.refresh_from_db()
    assert draft.sheet.answers == {"GOA01": "睡不好", "SLP02": "七"}
    assert 'name="revision" value="2"' in text


@pytest.mark.req("JRN-004", part="draft")
def test_typing_is_kept_at_once_and_survives_a_restart(cast: Cast, draft: Consultation, login: Login) -> None:
    kept = login(cast.doctor).post(
        f"{_address(draft)}draft/", {"GOA01": "睡不好", "HIS01": ["lipid", "other"], "revision": "1"}
    )
    assert kept.status_code == 200
    assert "草稿已存 09:00" in kept.content.decode()
    assert 'name="revision" value="2"' in kept.content.decode()
    sheet = login(cast.doctor).get(_address(draft)).content.decode()
    assert "睡不好</textarea>" in sheet
    assert 'value="lipid" checked' in sheet


def test_an_old_window_is_told_and_keeps_nothing(cast: Cast, draft: Consultation, login: Login) -> None:
    doctor = login(cast.doctor)
    doctor.post(f"{_address(draft)}draft/", {"GOA01": "新", "revision": "1"})
    old = doctor.post(f"{_address(draft)}draft/", {"GOA01": "旧", "revision": "1"})
    assert old.status_code == 409
    assert "在别的窗口改过" in old.content.decode()
    saved = doctor.post(_address(draft), {"GOA01": "旧", "revision": "1"})
    assert saved.status_code == 409
    assert "在别的窗口改过" in saved.content.decode()


def test_the_page_says_beforehand_that_saving_would_be_refused(
    cast: Cast, draft: Consultation, login: Login, guards: list[registry.Guard]
) -> None:
    def uncertified(passage: registry.Passage) -> None:
        raise Refused("not_certified", "医生资格没有登记")

    guards.append(uncertified)
    text = login(cast.doctor).get(_address(draft)).content.decode()
    assert "现在还不能保存，草稿照样存着：医生资格没有登记" in text


def test_others_see_no_more_than_their_rights(cast: Cast, draft: Consultation, answers: Answers, login: Login) -> None:
    actions.save(consultation=draft, answers=answers, by=cast.doctor, at=cast.at)
    assert login(cast.manager).get(_address(draft)).status_code == 200
    for stranger in (cast.doctor2, cast.sh_doctor, cast.manager2):
        assert login(stranger).get(_address(draft)).status_code == 404
    for other in (cast.service, cast.keeper, cast.admin):
        assert login(other).get(_address(draft)).status_code == 403
    assert login(cast.manager).get(f"{_address(draft)}correction/").status_code == 403


def test_reading_is_on_the_trail(cast: Cast, draft: Consultation, answers: Answers, login: Login) -> None:
    actions.save(consultation=draft, answers=answers, by=cast.doctor, at=cast.at)
    login(cast.manager).get(_address(draft))
    read = AuditEntry.objects.get(code="consultations.consultation.read")
    assert (read.by, read.customer_id, read.kind) == (cast.manager, draft.customer_id, "read")


def test_a_colleague_with_the_right_does_not_see_unsaved_answers(cast: Cast, draft: Consultation, login: Login) -> None:
    actions.autosave(consultation=draft, answers={"GOA01": "睡不好"}, by=cast.doctor, at=cast.at)
    text = login(cast.manager).get(_address(draft)).content.decode()
    assert "何示宁正在填这份问诊" in text
    assert "睡不好" not in text


def test_a_correction_a_handover_and_a_disposal_ask_for_the_reason(
    cast: Cast, draft: Consultation, answers: Answers, login: Login
) -> None:
    doctor = login(cast.doctor)
    assert doctor.post(f"{_address(draft)}handover/", {"doctor": cast.doctor2.pk, "reason": ""}).status_code == 422
    assert doctor.post(f"{_address(draft)}handover/", {"doctor": cast.doctor2.pk, "reason": "出诊"}).status_code == 302
    other = login(cast.doctor2)
    assert "睡不好" not in other.get(_address(draft)).content.decode()
    saved = other.post(_address(draft), _posted(answers))
    assert saved.status_code == 302
    assert other.post(f"{_address(draft)}correction/", {"reason": " "}).status_code == 422
    here = other.post(f"{_address(draft)}correction/", {"reason": "记错"}).headers["Location"]
    assert "更正原因" in other.get(here).content.decode()
    assert other.post(f"{here}disposal/", {"reason": "没有错"}).headers["Location"] == "/consultations/"
    assert Consultation.objects.get(corrects=draft).state == ConsultationState.DISCARDED


@pytest.mark.parametrize("people", [1, 20])
def test_the_list_costs_the_same_for_one_and_for_twenty(
    cast: Cast, customer: Customer, login: Login, people: int, django_assert_max_num_queries: Callable[[int], object]
) -> None:
    for number in range(people):
        actions.start(customer=make_customer(cast, f"客户{number}"), by=cast.doctor, at=cast.at)
    doctor = login(cast.doctor)
    doctor.get("/consultations/")
    with django_assert_max_num_queries(26):  # type: ignore[attr-defined]
        text = doctor.get("/consultations/").content.decode()
    assert text.count("继续问诊") == people
    assert f"您有 {people} 份没保存" in text
    assert "客户0" not in doctor.get("/consultations/?state=saved").content.decode()


def test_the_customers_tab_puts_alerts_first_and_hides_health_from_others(
    cast: Cast, draft: Consultation, answers: Answers
) -> None:
    actions.save(
        consultation=draft,
        answers={**answers, "HIS05": "pregnant", "EMO01_01_F": "4", "EMO01_01_S": "3"},
        by=cast.doctor,
        at=cast.at,
    )
    text = _panel(cast, cast.manager, draft.customer)
    assert (
        text.index("情绪低落程度重") < text.index("怀孕：部分采样") < text.index("情绪与精力") < text.index("消化系统")
    )
    assert "不对您的岗位开放" in _panel(cast, cast.consulting, draft.customer)
    assert AuditEntry.objects.filter(code="consultations.customer.read").count() == 1


def _panel(cast: Cast, user: User, customer: Customer) -> str:
    request = RequestFactory().get("/")
    request.user, request.at = user, cast.at  # type: ignore[attr-defined]
    return panel(request, customer).content.decode()


def test_the_workbench_reminds_of_unsaved_interviews(cast: Cast, draft: Consultation) -> None:
    items = list(unfinished(cast.doctor, cast.at))
    assert [(item.customer_name, item.what, item.url) for item in items] == [
        ("文示静", "问诊还没保存", _address(draft))
    ]
    assert list(unfinished(cast.doctor2, cast.at)) == []
    assert list(unfinished(cast.manager, cast.at)) == []
