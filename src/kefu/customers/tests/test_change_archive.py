"""The archive is completed and corrected, sometimes by two people at once."""

import json
from datetime import date

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from kefu.customers.actions import add_contact, retire_contact, reveal_contact, update_archive
from kefu.customers.models import TimelineLine
from kefu.customers.tests.factories import archive, lead
from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.audit.personal import disclose
from kefu.kernel.errors import Forbidden, Invalid, OutOfScope, Refused

FULL = {
    "sex": "female", "address": "北京市朝阳区望京路 12 号", "card_number": "8800 1264", "medical_history": "桥本甲状腺炎 2019", "personality": "爱问出处",
    "interests": "茶", "hobbies": "古琴", "special_needs": "安静的诊室", "occupation": "老师",
}  # fmt: skip


@pytest.mark.req("CUS-002")
@pytest.mark.req("SEC-003", part="changes")
def test_the_full_archive_is_kept_and_the_trail_conceals_what_is_personal(cast):
    customer = archive(cast)
    update_archive(customer=customer, changes=FULL, by=cast.manager, at=cast.at)
    add_contact(customer=customer, kind="email", value="Pearl@Example.com", by=cast.manager, at=cast.at)
    customer.refresh_from_db()
    assert {field: getattr(customer, field) for field in FULL} == FULL
    assert list(customer.contacts.values_list("kind", "value")) == [
        ("phone", "13812346021"),
        ("email", "pearl@example.com"),
    ]
    entry = AuditEntry.objects.get(code="customers.archive.changed")
    assert entry.changes == {}
    assert disclose(customer.pk, entry.personal)["address"] == ["", "北京市朝阳区望京路 12 号"]


def test_mandatory_fields_of_an_open_archive_stay_filled(cast):
    customer = archive(cast)
    with pytest.raises(Invalid) as refusal:
        update_archive(
            customer=customer, changes={"name": " ", "remarks": "", "source": None}, by=cast.manager, at=cast.at
        )
    assert [error.field for error in refusal.value.errors] == ["name", "source", "remarks"]
    customer.refresh_from_db()
    assert customer.name == "沈知夏"


@pytest.mark.req("SEC-001", part="lists and details")
def test_only_the_owners_change_and_service_only_reads(cast):
    customer = archive(cast)
    for person, refusal in (
        (cast.service, Forbidden),
        (cast.director, Forbidden),
        (cast.doctor2, OutOfScope),
        (cast.sh_manager, OutOfScope),
    ):
        with pytest.raises(refusal):
            update_archive(customer=customer, changes={"address": "别处"}, by=person, at=cast.at)
    customer.refresh_from_db()
    assert customer.address == ""


def test_an_old_version_is_refused(cast):
    customer = archive(cast)
    seen = customer.version
    update_archive(customer=customer, changes={"address": "望京路"}, version=seen, by=cast.doctor, at=cast.at)
    with pytest.raises(Refused) as refusal:
        update_archive(customer=customer, changes={"address": "长江路"}, version=seen, by=cast.manager, at=cast.at)
    assert (refusal.value.code, refusal.value.details) == ("changed_meanwhile", {"version": seen + 1})


def form_of(client, customer):
    response = client.get(reverse("customers:edit", args=[customer.pk]))
    return {
        name: value if value is not None else ""
        for name, value in response.context["form"].initial.items()
        if value is not False
    }


def test_different_fields_changed_by_two_people_are_both_kept(cast, login):
    customer = archive(cast)
    manager, doctor = login(cast.manager), login(cast.doctor)
    mine, theirs = form_of(manager, customer), form_of(doctor, customer)
    url = reverse("customers:edit", args=[customer.pk])
    assert doctor.post(url, theirs | {"medical_history": "桥本甲状腺炎"}).status_code == 302
    assert manager.post(url, mine | {"address": "望京路 12 号"}).status_code == 302
    customer.refresh_from_db()
    assert (customer.medical_history, customer.address) == ("桥本甲状腺炎", "望京路 12 号")


def test_the_same_field_changed_by_two_people_is_asked_about_field_by_field(cast, login):
    customer = archive(cast)
    manager, doctor = login(cast.manager), login(cast.doctor)
    mine, theirs = form_of(manager, customer), form_of(doctor, customer)
    url = reverse("customers:edit", args=[customer.pk])
    doctor.post(url, theirs | {"address": "长江路 3 号", "caution": "对花生过敏"})
    answer = manager.post(url, mine | {"address": "望京路 12 号", "caution": "青霉素过敏", "hobbies": "古琴"})
    html = answer.content.decode()
    assert answer.status_code == 409
    for words in ("何示宁", "长江路 3 号", "望京路 12 号", "对花生过敏", "青霉素过敏"):
        assert words in html
    customer.refresh_from_db()
    assert (customer.address, customer.hobbies) == ("长江路 3 号", "")
    manager.post(reverse("customers:resolution", args=[customer.pk]), {"address": "mine", "caution": "theirs"})
    customer.refresh_from_db()
    assert (customer.address, customer.caution, customer.hobbies) == ("望京路 12 号", "对花生过敏", "古琴")


def test_the_form_carries_what_it_began_from(cast, login):
    customer = archive(cast)
    initial = form_of(login(cast.manager), customer)
    assert json.loads(initial["base"])["name"] == "沈知夏"
    assert initial["version"] == customer.version


@pytest.mark.req("SEC-003", part="reads")
@pytest.mark.req("SEC-001", part="lists and details")
def test_a_number_is_shown_in_full_only_with_a_purpose_and_leaves_a_row(cast, login):
    customer = archive(cast)
    contact = customer.contacts.get()
    url = reverse("customers:reveal", args=[customer.pk, contact.pk])
    client = login(cast.service)
    refused = client.post(url, {"reason": " "}, headers={"HX-Request": "true"})
    assert refused.status_code == 422
    assert "138 1234 6021" not in refused.content.decode()
    assert not AuditEntry.objects.filter(kind="reveal").exists()
    shown = client.post(url, {"reason": "确认下午的预约"}, headers={"HX-Request": "true"}).content.decode()
    assert "138 1234 6021" in shown
    assert 'data-hide-after="30"' in shown
    entry = AuditEntry.objects.get(kind="reveal")
    assert (entry.code, entry.by, entry.reason, entry.customer_id) == (
        "customers.contact.revealed",
        cast.service,
        "确认下午的预约",
        customer.pk,
    )
    assert login(cast.doctor).post(url, {"reason": "好奇"}).status_code == 403
    assert login(cast.sh_manager).post(url, {"reason": "好奇"}).status_code == 404
    with pytest.raises(Forbidden):
        reveal_contact(contact=contact, purpose="好奇", by=cast.doctor, at=cast.at)
    assert AuditEntry.objects.filter(kind="reveal").count() == 1


def test_a_second_number_and_the_last_one(cast, login):
    customer = archive(cast)
    with pytest.raises(Refused) as refusal:
        retire_contact(contact=customer.contacts.get(), reason="停机", by=cast.manager, at=cast.at)
    assert refusal.value.code == "last_contact"
    client = login(cast.manager)
    url = reverse("customers:contacts", args=[customer.pk])
    assert client.post(url, {"kind": "phone", "value": "139 5555 0000"}).status_code == 302
    assert client.post(url, {"kind": "phone", "value": "139"}).status_code == 422
    assert client.post(url, {"kind": "phone", "value": "139 5555 0000"}).status_code == 409
    retire_contact(contact=customer.contacts.get(tail="6021"), reason="停机", by=cast.manager, at=cast.at)
    other = lead(cast, "陶映川", "13812346021")
    assert other.contacts.get().owns


def test_family_by_the_form(cast, login):
    father, daughter = archive(cast, "欧阳建国", "13812346023"), archive(cast, "欧阳明珠", "13812346024")
    client, url = login(cast.manager), reverse("customers:family", args=[daughter.pk])
    assert client.post(url, {"relation": "parent", "relative": str(father.pk)}).status_code == 302
    assert client.post(url, {"relation": "parent", "relative": str(father.pk)}).status_code == 409
    assert client.post(url, {"relation": "child"}).status_code == 422
    assert client.post(url, {"relation": "child", "name": "赵一诺", "guardian": ""}).status_code == 302
    assert [link.relation for link in daughter.family.all()] == ["parent", "child"]
    ending = reverse("customers:family_ending", args=[daughter.pk, daughter.family.first().pk])
    assert client.post(ending, {"reason": "登记错人"}).status_code == 302
    assert daughter.family.filter(active=True).count() == 1


def test_a_line_of_the_timeline_can_neither_be_changed_nor_deleted(cast):
    archive(cast)
    for write in (lambda: TimelineLine.objects.update(said="别的"), lambda: TimelineLine.objects.all().delete()):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            write()


def test_the_timeline_names_what_was_changed_but_not_its_contents(cast):
    customer = archive(cast)
    update_archive(customer=customer, changes={"birth_date": date(1985, 6, 21), "occupation": "教师"}, by=cast.manager, at=cast.at)  # fmt: skip
    line = TimelineLine.objects.latest("pk")
    assert (line.item, line.lines, line.by) == ("改档案：出生日期、职业", [], cast.manager)
