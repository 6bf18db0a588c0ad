"""A doctor sees customers once the qualification is checked and, part-time, the agreement signed."""

from datetime import date, timedelta

import pytest

from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.audit.trail import Subject, action, record
from kefu.foundation.gates import registry
from kefu.foundation.gates.registry import check, declare, declared
from kefu.kernel.errors import Forbidden, Invalid, Refused
from kefu.people.actions import (
    add_entry,
    certify,
    change_doctor,
    record_agreement,
    register_doctor,
    withdraw_certification,
)
from kefu.people.choices import Hindrance
from kefu.people.models import Doctor
from kefu.people.queries import hindrance_of, require_bookable
from kefu.testing.cast import AT


@pytest.fixture
def part_time(cast) -> Doctor:
    """The Shanghai manager, who also turns out to be a physician; not in the register yet."""
    return register_doctor(
        user=cast.sh_manager, employment="part_time", specialty_zh="运动与疼痛", by=cast.admin, at=cast.at
    )


def refusal(user, at=None) -> str:
    with pytest.raises(Refused) as caught:
        require_bookable(user, at or AT)
    assert caught.value.code == "doctor_not_certified"
    return caught.value.details["hindrance"]


@pytest.mark.req("ORG-003")
def test_nobody_is_booked_before_the_qualification_is_checked(cast, part_time):
    assert refusal(cast.manager) == "not_registered"
    assert refusal(cast.sh_manager) == "not_certified"

    record_agreement(doctor=part_time, signed_on=date(2026, 11, 20), by=cast.admin, at=cast.at)
    certify(doctor=part_time, by=cast.admin, at=cast.at)

    require_bookable(cast.sh_manager, cast.at)
    part_time.refresh_from_db()
    assert (part_time.certified_on, part_time.certified_by) == (date(2026, 11, 23), cast.admin)


@pytest.mark.req("ORG-002")
def test_a_part_time_doctor_needs_the_signed_agreement_too(cast, part_time):
    certify(doctor=part_time, by=cast.admin, at=cast.at)
    assert refusal(cast.sh_manager) == "no_agreement"

    with pytest.raises(Invalid):
        record_agreement(doctor=part_time, signed_on=date(2026, 11, 24), by=cast.admin, at=cast.at)
    record_agreement(doctor=part_time, signed_on=date(2026, 11, 23), by=cast.admin, at=cast.at)
    assert hindrance_of(cast.sh_manager, cast.at.date()) == Hindrance.NONE


def test_a_withdrawn_certification_counts_from_now_and_says_why(cast):
    doctor = Doctor.objects.get(user=cast.doctor)
    with pytest.raises(Invalid):
        withdraw_certification(doctor=doctor, reason=" ", by=cast.admin, at=cast.at)

    withdraw_certification(doctor=doctor, reason="证书到期", by=cast.admin, at=cast.at + timedelta(hours=1))

    assert refusal(cast.doctor) == "not_certified"
    row = AuditEntry.objects.get(code="people.doctor.certification_withdrawn")
    assert (row.reason, row.changes) == ("证书到期", {"certified_on": ["2026-01-05", None]})
    with pytest.raises(Refused):
        withdraw_certification(doctor=doctor, reason="证书到期", by=cast.admin, at=cast.at)


def test_a_doctor_without_certification_passes_no_medical_gate(cast, monkeypatch):
    monkeypatch.setattr(registry, "_gates", declared())
    declare("people.story.other", "别的")
    check("lab.order.place", by=cast.doctor, at=cast.at, customer_id=1)
    check("lab.order.place", by=cast.manager, at=cast.at, customer_id=1)  # no doctor: not asked for a certificate

    Doctor.objects.filter(user=cast.doctor).update(certified_on=None, certified_by=None)

    with pytest.raises(Refused):
        check("lab.order.place", by=cast.doctor, at=cast.at, customer_id=1)
    check("people.story.other", by=cast.doctor, at=cast.at, customer_id=1)


def test_the_register_is_kept_by_those_who_may(cast, part_time):
    with pytest.raises(Forbidden):
        certify(doctor=part_time, by=cast.director, at=cast.at)
    with pytest.raises(Forbidden):
        register_doctor(user=cast.guide, employment="full_time", specialty_zh="全科", by=cast.manager, at=cast.at)
    with pytest.raises(Refused):
        register_doctor(user=cast.doctor, employment="full_time", specialty_zh="全科", by=cast.admin, at=cast.at)
    with pytest.raises(Invalid):
        register_doctor(user=cast.guide, employment="sometimes", specialty_zh="全科", by=cast.admin, at=cast.at)
    assert Doctor.objects.count() == 4


def test_nobody_certifies_himself(cast):
    doctor = register_doctor(user=cast.admin, employment="full_time", specialty_zh="全科", by=cast.admin, at=cast.at)
    with pytest.raises(Refused):
        certify(doctor=doctor, by=cast.admin, at=cast.at)


def test_trainings_and_cases_are_kept(cast):
    doctor = Doctor.objects.get(user=cast.doctor)
    add_entry(
        doctor=doctor, kind="training", on=date(2026, 3, 2), text="功能医学基础 40 学时", by=cast.admin, at=cast.at
    )
    with pytest.raises(Invalid):
        add_entry(doctor=doctor, kind="rumour", on=date(2026, 3, 2), text="…", by=cast.admin, at=cast.at)
    change_doctor(doctor=doctor, changes={"introduction": "从业二十年"}, by=cast.admin, at=cast.at)
    change_doctor(doctor=doctor, changes={"introduction": "从业二十年"}, by=cast.admin, at=cast.at)
    assert [entry.text for entry in doctor.entries.all()] == ["功能医学基础 40 学时"]
    assert AuditEntry.objects.filter(code="people.doctor.changed").count() == 1


def test_the_story_of_another_module(cast):
    """A module above refuses inside its own action, and nothing of that action remains."""
    Doctor.objects.filter(user=cast.doctor2).update(certified_on=None, certified_by=None)

    @action
    def book(*, by, at) -> None:
        record("story.booked", by=by, at=at, subject=Subject("story", 1))
        require_bookable(cast.doctor2, at)

    with pytest.raises(Refused):
        book(by=cast.manager, at=cast.at)
    assert not AuditEntry.objects.filter(code="story.booked").exists()
