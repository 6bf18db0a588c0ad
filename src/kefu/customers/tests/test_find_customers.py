"""Finding somebody by whatever is known (CUS-005), in every scope."""

import pytest
from django.urls import reverse

from kefu.customers import queries
from kefu.customers.actions import add_contact, add_family, issue_archive_number, update_archive
from kefu.customers.models import Customer
from kefu.customers.permissions import CustomerPermission
from kefu.customers.tests.factories import archive, lead
from kefu.testing.scenes import scene


def found(user, text):
    return [customer.name for customer in queries.search(user, text)]


@scene
def pearl(cast):
    """欧阳明珠 with a full archive."""
    customer = archive(cast, "欧阳明珠", "13812346021")
    changes = {"address": "北京市朝阳区望京路 12 号", "card_number": "8800-1264", "interests": "茶、古琴", "hobbies": "太极拳", "personality": "爱问出处",
               "occupation": "中学老师", "special_needs": "安静的诊室", "caution": "上午 9 点前不接电话"}  # fmt: skip
    update_archive(customer=customer, changes=changes, by=cast.manager, at=cast.at)
    issue_archive_number(customer=customer, by=cast.doctor, at=cast.at)
    add_family(customer=customer, name="赵一诺", relation="child", by=cast.manager, at=cast.at)
    add_contact(customer=customer, kind="email", value="Pearl@Example.com", by=cast.manager, at=cast.at)
    lead(cast, "陶映川", "13955550000")
    return customer


QUERIES = [
    "欧", "阳明", "明珠", "欧阳明珠", "明 6021", "ouyang", "ouyangmingzhu", "mingzhu", "OYMZ", "oym", "mz", "6021", "1381234", "138", "60",
    "HA2600001", "ha26", "00001", "8800", "88001264", "望京", "朝阳区望京路", "古琴", "太极", "问出处", "老师", "安静的", "赵一诺", "一诺", "不接电话",
    "路过进店", "pearl", "example",
]  # fmt: skip


@pytest.mark.req("CUS-005")
@pytest.mark.parametrize("text", QUERIES)
def test_any_part_of_any_item_finds_the_customer(cast, pearl, text):
    assert "欧阳明珠" in found(cast.manager, text)


@pytest.mark.parametrize(
    "text", ["", "  ", "欧阳明月", "珠明", "zm", "6022", "？", "% _", "'; --", "明珠 6022", "x" * 500]
)
def test_what_is_not_there_finds_nobody(cast, pearl, text):
    assert "欧阳明珠" not in found(cast.manager, text)


def test_exact_names_come_first_then_beginnings_then_the_newest(cast):
    for number, name in enumerate(["王伟", "王伟民", "李王伟", "王伟", "陈小"]):
        lead(cast, name, f"1395555000{number}")
    last = lead(cast, "赵刚", "13955550009")
    update = {"address": "王伟路 1 号"}
    Customer.objects.filter(pk=last.pk).update(stage="lead")
    update_archive(customer=last, changes=update, by=cast.manager, at=cast.at)
    assert found(cast.manager, "王伟") == ["王伟", "王伟", "王伟民", "赵刚", "李王伟"]


@pytest.mark.req("SEC-001", part="lists and details")
def test_search_never_leaves_the_scope(cast, pearl):
    lead(cast, "欧阳建国", "13812346029", by=cast.sh_manager)
    assert found(cast.manager, "欧阳") == ["欧阳明珠"]
    assert found(cast.doctor, "欧阳") == ["欧阳明珠"]
    assert found(cast.doctor2, "欧阳") == []
    assert found(cast.manager2, "欧阳") == []
    assert found(cast.sh_manager, "欧阳") == ["欧阳建国"]
    assert found(cast.service, "欧阳") == ["欧阳建国", "欧阳明珠"]
    assert found(cast.keeper, "欧阳") == []


@pytest.mark.parametrize(
    "person",
    ["manager", "manager2", "doctor", "doctor2", "director", "service", "sh_manager", "sh_doctor", "keeper", "admin"],
)
def test_the_arms_of_the_search_are_the_scope_of_the_lists(cast, pearl, person):
    archive(
        cast,
        "倪若安",
        "13812346030",
        by=cast.sh_manager,
        node=cast.sh,
        doctor=cast.sh_doctor,
        health_manager=cast.sh_manager,
    )
    archive(cast, "邱怀远", "13812346031", doctor=cast.doctor2, health_manager=cast.manager2, by=cast.manager2)
    lead(cast, "沈知夏", "13812346032", by=cast.service)
    user = getattr(cast, person)
    seen = set(Customer.objects.visible_to(user).values_list("pk", flat=True))
    reached = set()
    for arm in queries.arms_of(user) or []:
        sql = f"SELECT id FROM customers_customer t WHERE t.{arm.column} = ANY(%s) {f'AND {arm.extra}' if arm.extra else ''}"
        reached |= {row.pk for row in Customer.objects.raw(sql, [list(arm.values)])}
    assert reached == seen


@pytest.mark.req("SEC-001", part="lists and details")
def test_the_medical_history_is_found_only_by_those_who_may_read_it(cast, pearl):
    update_archive(customer=pearl, changes={"medical_history": "桥本甲状腺炎"}, by=cast.doctor, at=cast.at)
    assert found(cast.doctor, "甲状腺") == ["欧阳明珠"]
    assert found(cast.manager, "甲状腺") == ["欧阳明珠"]
    assert found(cast.service, "甲状腺") == []
    assert found(cast.director, "甲状腺") == []


def test_a_changed_name_is_found_and_the_old_one_is_not(cast, pearl):
    update_archive(customer=pearl, changes={"name": "单明珠"}, by=cast.manager, at=cast.at)
    assert found(cast.manager, "shanming") == ["单明珠"]
    assert found(cast.manager, "欧阳") == []


def test_a_shared_number_lists_the_whole_family(cast):
    archive(cast, "闻小棠", "10000000008")
    lead(cast, "闻家宁", "10000000008")
    assert [one.name for one in queries.with_phone(cast.service, "1000000 0008")] == ["闻小棠", "闻家宁"]
    assert queries.with_phone(cast.sh_manager, "10000000008") == []
    assert queries.with_phone(cast.service, "不是号码") == []


@pytest.mark.req("CUS-005")
def test_the_search_box_answers_in_groups(cast, pearl, login):
    html = (
        login(cast.manager)
        .get(reverse("customers:search"), {"q": "mz"}, headers={"HX-Request": "true"})
        .content.decode()
    )
    assert "欧阳明珠" in html
    assert "HA2600001" in html
    assert reverse("customers:page", args=[pearl.pk]) in html
    assert "<html" not in html
    assert "欧阳明珠" not in login(cast.keeper).get(reverse("customers:search"), {"q": "mz"}).content.decode()


def test_a_search_takes_few_queries(cast, pearl, django_assert_num_queries):
    queries.search(cast.service, "欧阳")
    with django_assert_num_queries(2):  # how frequent the term is, the search with its rows
        assert len(queries.search(cast.service, "欧阳")) == 1
    assert queries.arms_of(cast.admin, CustomerPermission.ARCHIVE_VIEW) == []
