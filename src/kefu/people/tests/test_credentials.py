"""Certificates are written down, checked against the original, run out, and are replaced."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from kefu.appointments.actions import add_hours, book
from kefu.appointments.choices import AppointmentType
from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.notices.models import Notice
from kefu.kernel.errors import Forbidden, Invalid, Refused
from kefu.people import actions
from kefu.people.models import Credential, Doctor
from kefu.people.queries import doctors
from kefu.people.slots import running_out
from kefu.testing.stories import customer_of

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 32


def licence(cast, user, **given) -> Credential:
    values = {
        "kind": "practice",
        "number": "110-2020-77",
        "issuer": "演示卫生局",
        "valid_from": date(2021, 12, 1),
        "mandatory": True,
    } | given
    return actions.add_credential(user=user, **values, by=cast.admin, at=cast.at)


def scanned(page: Client, credential: Credential) -> None:
    upload = SimpleUploadedFile("执业证.png", PNG, content_type="image/png")
    assert page.post(f"/files/on/people.credential/{credential.pk}/", {"upload": upload}).status_code == 200


@pytest.mark.req("ORG-003")
def test_a_certificate_is_checked_by_a_colleague_who_has_the_scan(cast, login):
    made = licence(cast, cast.doctor)
    with pytest.raises(Refused) as no_scan:
        actions.check_credential(credential=made, by=cast.admin, at=cast.at)
    assert no_scan.value.code == "no_scan"
    scanned(login(cast.admin), made)
    checked = actions.check_credential(credential=made, by=cast.admin, at=cast.at)
    assert (checked.checked_on, checked.checked_by) == (date(2026, 11, 23), cast.admin)

    own = licence(cast, cast.admin)
    with pytest.raises(Refused) as herself:
        actions.check_credential(credential=own, by=cast.admin, at=cast.at)
    assert herself.value.code == "own_qualification"
    with pytest.raises(Refused) as away:  # an expired mandatory one would no longer be in the way
        actions.withdraw_credential(credential=own, reason="过期了", by=cast.admin, at=cast.at)
    assert away.value.code == "own_qualification"
    with pytest.raises(Forbidden):
        actions.add_credential(
            user=cast.doctor, kind="title", number="1", issuer="演示局", valid_from=date(2020, 1, 1), by=cast.manager, at=cast.at
        )  # fmt: skip


@pytest.mark.req("ORG-003")
def test_a_licence_that_ran_out_stops_new_bookings_until_the_new_one_is_checked(cast, login):
    add_hours(
        doctor=cast.doctor, node=cast.bj, weekday=0, opens=cast.at.time().replace(hour=10), closes=cast.at.time().replace(hour=12),
        slot_minutes=30, valid_from=date(2026, 1, 5), by=cast.director, at=cast.at,
    )  # fmt: skip
    customer = customer_of(cast, "白示安", "10000000711")

    def booked(at, hour: int):
        start = at.replace(hour=hour, minute=0)
        return book(
            customer=customer,
            doctor=cast.doctor,
            node=cast.bj,
            type=AppointmentType.REVISIT,
            start=start,
            by=cast.manager,
            at=at,
        )

    licence(cast, cast.doctor, valid_to=cast.at.date())
    kept = booked(cast.at, 10)  # valid on its last day

    later = cast.at + timedelta(days=7)
    with pytest.raises(Refused) as refused:
        booked(later, 10)
    assert refused.value.code == "doctor_not_certified"
    assert refused.value.details == {"hindrance": "expired", "credential": "practice", "valid_to": "2026-11-23"}
    assert "医师执业证书 2026-11-23 到期" in str(refused.value)
    assert cast.doctor not in doctors(cast.manager, later.date())
    kept.refresh_from_db()
    assert kept.status == "booked"

    renewed = licence(
        cast, cast.doctor, number="110-2026-78", valid_from=date(2026, 11, 20), valid_to=date(2031, 11, 20)
    )
    with pytest.raises(Refused):
        booked(later, 10)
    scanned(login(cast.admin), renewed)
    actions.check_credential(credential=renewed, by=cast.admin, at=later)
    assert booked(later, 10).doctor == cast.doctor
    assert cast.doctor in doctors(cast.manager, later.date())


def test_an_old_certificate_that_nobody_must_have_stops_nothing(cast):
    licence(cast, cast.doctor, kind="nutrition", mandatory=False, valid_to=date(2025, 1, 1))
    assert cast.doctor in doctors(cast.manager, cast.at.date())


@pytest.mark.req("ORG-003")
@pytest.mark.parametrize(("left", "rings"), [(60, 1), (59, 0), (30, 1), (7, 1), (0, 1)])
def test_holder_and_personnel_are_reminded_60_30_and_7_days_before(cast, left, rings):
    licence(cast, cast.manager, kind="health_manager", valid_to=cast.at.date() + timedelta(days=left))
    assert actions.remind_of_credentials(by=cast.system, at=cast.at) == rings
    actions.remind_of_credentials(by=cast.system, at=cast.at)
    assert Notice.objects.filter(user=cast.manager, code="own_credential_ends").count() == rings
    assert Notice.objects.filter(user=cast.admin, code="credential_ends").count() == rings
    assert [item.what for item in running_out(cast.manager, cast.at)] == ["何示文 健康管理师证书"]
    assert [item.url for item in running_out(cast.admin, cast.at)] == [f"/staff/{cast.manager.pk}/credentials/"]
    assert list(running_out(cast.guide, cast.at)) == []


def test_who_has_the_next_one_already_is_not_reminded(cast):
    licence(cast, cast.doctor, valid_to=cast.at.date() + timedelta(days=30))
    licence(cast, cast.doctor, number="2", valid_to=cast.at.date() + timedelta(days=900))
    assert actions.remind_of_credentials(by=cast.system, at=cast.at) == 0


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"kind": "sorcery"}, "kind"),
        ({"number": " "}, "number"),
        ({"issuer": ""}, "issuer"),
        ({"valid_from": date(2026, 11, 24)}, "valid_from"),
        ({"valid_to": date(2020, 1, 1)}, "valid_to"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_written(cast, given, field):
    with pytest.raises(Invalid) as wrong:
        licence(cast, cast.doctor, **given)
    assert [error.field for error in wrong.value.errors] == [field]
    assert Credential.objects.count() == 0


def test_the_same_certificate_stands_once_and_a_withdrawn_one_may_come_again(cast):
    first = licence(cast, cast.doctor)
    with pytest.raises(Invalid):
        licence(cast, cast.doctor)
    with pytest.raises(Invalid):
        actions.withdraw_credential(credential=first, reason=" ", by=cast.admin, at=cast.at)
    actions.withdraw_credential(credential=first, reason="号码抄错", by=cast.admin, at=cast.at)
    assert AuditEntry.objects.get(code="people.credential.withdrawn").reason == "号码抄错"
    licence(cast, cast.doctor)
    with pytest.raises(Refused):
        actions.withdraw_credential(credential=first, reason="再撤", by=cast.admin, at=cast.at)


@pytest.mark.req("ORG-006")
def test_certificates_of_a_health_manager_on_screen(cast, login):
    page, address = login(cast.admin), f"/staff/{cast.manager.pk}/credentials/"
    form = {
        "kind": "health_manager",
        "number": "HM-1",
        "issuer": "演示协会",
        "valid_from": "2024-01-05",
        "valid_to": "2023-01-05",
    }
    assert page.post(address, form).status_code == 422
    assert page.post(address, form | {"valid_to": "2027-01-05"}).status_code == 302
    made = Credential.objects.get()
    assert page.post(f"{address}{made.pk}/check/", follow=True).content.decode().count("请先上传扫描件") == 1
    scanned(page, made)
    page.post(f"{address}{made.pk}/check/")
    assert "林示宁 2026-11-23 核对" in page.get(address).content.decode()
    assert "HM-1" in page.get(f"/staff/{cast.manager.pk}/").content.decode()

    hers = login(cast.manager)
    assert "HM-1" in hers.get(f"/colleagues/{cast.manager.pk}/").content.decode()
    assert "HM-1" not in login(cast.guide).get(f"/colleagues/{cast.manager.pk}/").content.decode()
    assert hers.get(address).status_code == 403
    assert hers.post(f"/files/on/people.credential/{made.pk}/", {"upload": ""}).status_code == 404

    page.post(f"{address}{made.pk}/withdrawal/", {"reason": "登记错人"})
    assert "还没有登记证书" in page.get(address).content.decode()


@pytest.mark.req("ORG-003")
def test_a_case_is_shared_among_doctors_without_saying_whose_it_is(cast, login):
    doctor, page = Doctor.objects.get(user=cast.doctor), login(cast.admin)
    customer_of(cast, "白示安", "10000000711")
    day = date(2026, 10, 1)

    def case(text: str):
        return actions.add_entry(doctor=doctor, kind="case", on=day, text=text, by=cast.admin, at=cast.at)

    for telling in ("白示安三个月体重下降 8 公斤", "电话 1000 0000 711 的客户体重下降", "档案 HA2600006 复查正常"):
        with pytest.raises(Refused) as told:
            actions.share_case(entry=case(telling), by=cast.admin, at=cast.at)
        assert told.value.code == "names_somebody"
    training = actions.add_entry(
        doctor=doctor, kind="training", on=day, text="营养学 16 学时", by=cast.admin, at=cast.at
    )
    with pytest.raises(Refused):
        actions.share_case(entry=training, by=cast.admin, at=cast.at)

    entry = case("一位 42 岁女士三个月体重下降 8 公斤")
    address = f"/doctors/{doctor.pk}/entries/{entry.pk}/sharing/"
    assert page.post(address).status_code == 302
    reader = login(cast.sh_doctor)
    assert "体重下降 8 公斤" in reader.get("/doctors/cases/").content.decode()
    assert "白示安" not in reader.get("/doctors/cases/").content.decode()
    assert login(cast.guide).get("/doctors/cases/").status_code == 403
    assert page.post(address, {"stop": "1"}).status_code == 302
    assert "体重下降 8 公斤" not in reader.get("/doctors/cases/").content.decode()


@pytest.mark.req("ORG-003")
@pytest.mark.req("ORG-002")
def test_the_directory_tells_colleagues_who_somebody_is(cast, login):
    doctor = Doctor.objects.get(user=cast.doctor)
    told = {"introduction": "从业二十年，擅长代谢", "region": "华北", "practising_since": 2006}
    actions.change_doctor(doctor=doctor, changes=told, by=cast.admin, at=cast.at)
    cast.doctor.phone, cast.doctor.sex = "10000000555", "female"
    cast.doctor.save(update_fields=["phone", "sex"])
    upload = SimpleUploadedFile("照片.png", PNG, content_type="image/png")
    keeper, guide = login(cast.admin), login(cast.guide)
    assert keeper.post(f"/files/on/people.photo/{cast.doctor.pk}/", {"upload": upload}).status_code == 200
    assert guide.post(f"/files/on/people.photo/{cast.doctor.pk}/", {"upload": upload}).status_code == 404

    assert "何示宁" in guide.get("/colleagues/?q=2002").content.decode()
    shown = guide.get(f"/colleagues/{cast.doctor.pk}/").content.decode()
    for words in ("从业二十年，擅长代谢", "华北", "2006 年起行医", "营养与代谢", "何示宁的照片"):
        assert words in shown
    assert "10000000555" not in shown
    register = keeper.get(f"/doctors/{doctor.pk}/").content.decode()
    assert "10000000555" in register and "女" in register
