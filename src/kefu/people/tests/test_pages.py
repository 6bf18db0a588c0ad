"""The registers on screen: who keeps them, who reads them."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from kefu.foundation.files.queries import attached
from kefu.organisation.models import Grant, Role
from kefu.people.models import Doctor, StaffProfile

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 32


@pytest.fixture
def newcomer(cast):
    """The guide turns out to be a physician and gets the role."""
    Grant.objects.create(user=cast.guide, role=Role.objects.get(code="doctor"), node=cast.bj, valid_from="2026-01-05")
    return cast.guide


@pytest.mark.req("ORG-002")
def test_a_part_time_doctor_is_registered_certified_and_agreed_on_screen(cast, newcomer, login):
    page = login(cast.admin)
    assert "还没登记，不能接诊：何示远 2006" in page.get("/doctors/").content.decode()

    form = {"user": newcomer.pk, "employment": "part_time", "specialty_zh": "睡眠", "practising_since": "2008"}
    assert page.post("/doctors/new/", form | {"specialty_zh": ""}).status_code == 422
    assert page.post("/doctors/new/", form).status_code == 302
    doctor = Doctor.objects.get(user=newcomer)
    address = f"/doctors/{doctor.pk}/"
    assert "没有资格认证" in page.get(address).content.decode()

    assert page.post(f"{address}certification/", {"on": "2026-11-24"}).status_code == 422
    assert page.post(f"{address}certification/", {"on": "2026-11-20"}).status_code == 302
    assert "没有兼职协议" in page.get(address).content.decode()
    assert page.post(f"{address}agreement/", {"on": "2026-11-20"}).status_code == 302
    shown = page.get(address).content.decode()
    assert "可以接诊" in shown and "林示宁 于 2026-11-20 核对通过" in shown


@pytest.mark.req("ORG-003")
def test_certificates_are_attached_and_shown_to_those_who_keep_the_register(cast, login):
    doctor = Doctor.objects.get(user=cast.doctor)
    upload = SimpleUploadedFile("证书.png", PNG, content_type="image/png")
    answer = login(cast.admin).post(f"/files/on/people.doctor/{doctor.pk}/", {"upload": upload, "kind": "certificate"})
    assert answer.status_code == 200
    file = attached("people.doctor", doctor.pk).get()
    assert login(cast.director).get(f"/files/{file.pk}/").status_code == 200
    assert login(cast.manager).get(f"/files/{file.pk}/").status_code == 404


def test_profile_training_and_withdrawal_on_the_page(cast, login):
    doctor, page = Doctor.objects.get(user=cast.doctor), login(cast.admin)
    address = f"/doctors/{doctor.pk}/"
    form = {"employment": "full_time", "specialty_zh": "营养与代谢", "introduction": "从业二十年"}
    assert page.post(address, form).status_code == 302
    entry = {"kind": "case", "on": "2026-10-01", "text": "三个月体重下降 8 公斤"}
    assert page.post(f"{address}entries/", entry | {"text": ""}).status_code == 422
    assert page.post(f"{address}entries/", entry).status_code == 302
    shown = page.get(address).content.decode()
    assert "从业二十年" in shown and "三个月体重下降 8 公斤" in shown

    page.post(f"{address}certification/withdrawal/", {"reason": "证书到期"})
    doctor.refresh_from_db()
    assert doctor.certified_on is None


def test_a_director_reads_the_own_centre_and_changes_nothing(cast, login):
    page = login(cast.director)
    shown = page.get("/doctors/").content.decode()
    assert "何示宁" in shown and "宋示宁" not in shown
    sh = Doctor.objects.get(user=cast.sh_doctor)
    assert page.get(f"/doctors/{sh.pk}/").status_code == 404
    mine = Doctor.objects.get(user=cast.doctor)
    assert page.get(f"/doctors/{mine.pk}/").status_code == 200
    assert page.post(f"/doctors/{mine.pk}/certification/withdrawal/", {"reason": "…"}).status_code == 403
    assert login(cast.manager).get("/doctors/").status_code == 403
    mine.refresh_from_db()
    assert mine.certified_on == date(2026, 1, 5)


@pytest.mark.req("ORG-006")
def test_managers_service_and_consulting_have_registers_of_their_own(cast, login):
    page = login(cast.admin)

    def found(role: str) -> list[str]:
        rows = page.get(f"/staff/?role={role}").content.decode()
        return [name for name in ("何示文", "何示清", "宋示和", "周示远", "许示安", "何示宁") if f">{name}</a>" in rows]

    assert found("health_manager") == ["何示文", "何示清", "宋示和"]
    assert found("service_agent") == ["周示远"]
    assert found("consulting") == ["许示安"]
    assert found("") == ["何示文", "何示清", "宋示和", "周示远", "许示安"]

    address = f"/staff/{cast.manager.pk}/"
    assert page.post(address, {"introduction": "国家二级健康管理师", "started_on": "2024-03-01"}).status_code == 302
    assert StaffProfile.objects.get(user=cast.manager).started_on == date(2024, 3, 1)
    shown = page.get(address).content.decode()
    assert "2004" in shown and "北京朝阳中心" in shown and "国家二级健康管理师" in shown
    assert page.get(f"/staff/{cast.doctor.pk}/").status_code == 404
