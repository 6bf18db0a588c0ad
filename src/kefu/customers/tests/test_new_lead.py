"""何示文 registers a visitor who wants to try the service."""

from threading import Thread

import pytest
from django.db import connection

from kefu.customers.actions import create_lead
from kefu.customers.choices import FactKind, Stage
from kefu.customers.models import ContactPoint, Customer, TimelineLine
from kefu.customers.phones import STRIPES, lock_numbers
from kefu.foundation.audit.models import AuditEntry
from kefu.kernel.errors import Forbidden, Invalid
from kefu.organisation.models import User
from kefu.testing.cast import build_cast


def test_a_lead_belongs_to_its_creators_centre_and_to_the_unassigned_pool(cast):
    result = create_lead(name=" 沈知夏 ", phone="+86 138 1234 6021", note="路过进店", by=cast.manager, at=cast.at)

    lead = Customer.objects.get()
    assert result.customer.pk == lead.pk
    assert result.warnings == []
    assert (lead.name, lead.stage, lead.node, lead.health_manager, lead.remarks) == (
        "沈知夏",
        Stage.LEAD,
        cast.bj,
        None,
        "路过进店",
    )
    assert (lead.pinyin, lead.initials, lead.archive_number) == ("shenzhixia", "szx", None)
    assert list(lead.contacts.values_list("kind", "value", "tail", "owns")) == [("phone", "13812346021", "6021", True)]
    line = TimelineLine.objects.get()
    assert (line.kind, line.item, line.by) == (FactKind.ARCHIVE, "登记线索", cast.manager)
    entry = AuditEntry.objects.get(code="customers.lead.created")
    assert (entry.by.job_number, entry.customer_id, entry.node_id) == ("2004", lead.pk, cast.bj.pk)


def test_a_lead_at_head_office_is_registered_for_a_centre(cast):
    lead = create_lead(name="倪若安", phone="010-66778899", node=cast.sh, by=cast.service, at=cast.at).customer
    assert (lead.node, lead.created_by) == (cast.sh, cast.service)


def test_a_known_number_is_taken_with_a_warning_and_a_suggestion(cast):
    first = create_lead(name="闻小棠", phone="10000000008", by=cast.manager, at=cast.at).customer
    second = create_lead(name="闻家宁", phone="10000000008", by=cast.manager2, at=cast.at)

    (warning,) = second.warnings
    assert (warning.code, warning.customer_id) == ("phone_known", first.pk)
    assert str(warning.message) == "这个号码已登记给闻小棠（线索），请核对是不是同一个人。"
    assert list(ContactPoint.objects.order_by("pk").values_list("customer", "owns")) == [
        (first.pk, True),
        (second.customer.pk, False),
    ]


def test_the_warning_names_nobody_of_another_centre(cast):
    create_lead(name="倪若安", phone="10000000005", by=cast.sh_manager, at=cast.at)
    (warning,) = create_lead(name="倪小安", phone="10000000005", by=cast.manager, at=cast.at).warnings
    assert warning.customer_id is None
    assert "倪若安" not in str(warning.message)


def test_a_wrong_number_says_what_is_wrong_and_nothing_is_kept(cast):
    with pytest.raises(Invalid) as refusal:
        create_lead(name="沈知夏", phone="1381234", by=cast.manager, at=cast.at)
    (error,) = refusal.value.errors
    assert (error.field, error.code, str(error.message)) == ("phone", "phone_too_short", "手机号要 11 位，现在 7 位。")
    assert not Customer.objects.exists()


@pytest.mark.parametrize("person", ["doctor", "keeper", "product_manager"])
def test_who_may_not_work_with_contact_data_registers_nobody(cast, person):
    with pytest.raises(Forbidden):
        create_lead(name="沈知夏", phone="13812346021", by=getattr(cast, person), at=cast.at)
    assert not Customer.objects.exists()


def test_registering_costs_few_queries(cast, django_assert_max_num_queries):
    create_lead(name="沈知夏", phone="13812346021", by=cast.manager, at=cast.at)  # rights are resolved once a request
    with django_assert_max_num_queries(8):  # two of them are the savepoint of the test's own transaction
        create_lead(name="陶映川", phone="13812346022", by=cast.manager, at=cast.at)


def test_the_public_booking_page_registers_for_any_centre(cast):
    assert (
        create_lead(name="沈知夏", phone="13812346021", node=cast.sh, by=cast.system, at=cast.at).customer.node
        == cast.sh
    )


def register_at_a_desk(cast, name):
    try:
        create_lead(name=name, phone="13812346021", by=User.objects.get(pk=cast.manager.pk), at=cast.at)
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_two_desks_that_register_one_number_at_once(transactional_db):
    cast = build_cast()
    desks = [Thread(target=register_at_a_desk, args=(cast, name)) for name in ("闻小棠", "闻家宁", "闻子衿")]
    for desk in desks:
        desk.start()
    for desk in desks:
        desk.join()
    assert sorted(ContactPoint.objects.values_list("owns", flat=True)) == [False, False, True]


def test_a_list_of_a_hundred_thousand_numbers_fits_the_servers_lock_table(db):
    held = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"
    lock_numbers(*(f"138{number:08}" for number in range(100_000)))
    with connection.cursor() as cursor:
        cursor.execute(held)
        assert cursor.fetchone() == (STRIPES,)
