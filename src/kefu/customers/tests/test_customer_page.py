"""The page on which every call, search and booking lands."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from kefu.customers.actions import add_family, check_identity, record_fact, update_archive
from kefu.customers.choices import FactKind
from kefu.customers.tests.factories import archive, lead
from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.audit.trail import action, nothing_changed
from kefu.foundation.sentences.saying import plain


@action
def note(*, customer, kind, item, lines=(), amount=None, by, at):
    """A fact another module would record."""
    record_fact(customer=customer, kind=kind, item=plain(item), lines=lines, amount=amount, by=by, at=at)
    nothing_changed()


def page_of(customer, **query):
    return reverse("customers:page", args=[customer.pk])


@pytest.mark.req("SEC-003", part="reads")
def test_opening_the_page_shows_the_head_card_and_leaves_one_read(cast, login):
    customer = archive(cast)
    update_archive(
        customer=customer, changes={"caution": "！青霉素过敏\n上午 9 点前不接电话"}, by=cast.manager, at=cast.at
    )
    response = login(cast.manager).get(page_of(customer))
    html = response.content.decode()
    assert response.status_code == 200
    assert "138 **** 6021" in html
    assert "13812346021" not in html
    for words in (
        "沈知夏",
        "女 · 41 岁",
        "何示文",
        "何示宁",
        "北京朝阳中心",
        "到店",
        "青霉素过敏",
        "上午 9 点前不接电话",
        "问诊后产生",
    ):
        assert words in html
    reads = AuditEntry.objects.filter(kind="read")
    assert [(entry.code, entry.by, entry.customer_id) for entry in reads] == [
        ("customers.customer.read", cast.manager, customer.pk)
    ]


@pytest.mark.req("SEC-001", part="lists and details")
@pytest.mark.req("ORG-010")
def test_the_page_exists_only_for_those_in_scope(cast, login):
    customer = archive(cast)
    pooled = lead(cast, "陶映川", "13812346022")
    expected = {
        "manager": (200, 200), "doctor": (200, 404), "doctor2": (404, 404), "manager2": (404, 200), "director": (200, 200),
        "service": (200, 200), "sh_manager": (404, 404), "sh_doctor": (404, 404), "keeper": (403, 403), "admin": (403, 403),
    }  # fmt: skip
    for person, statuses in expected.items():
        client = login(getattr(cast, person))
        found = tuple(client.get(page_of(one)).status_code for one in (customer, pooled))
        assert found == statuses, person


@pytest.mark.req("CUS-007", part="item and amount")
def test_the_timeline_shows_every_fact_with_item_and_amount_and_the_total(cast, login):
    customer = archive(cast)
    day = timedelta(days=1)
    note(customer=customer, kind=FactKind.TEST, item="开单 2 项", lines=["食物不耐受 ¥1,800.00 × 1", "维生素 D ¥475.00 × 2"],
         amount=Decimal("2750.00"), by=cast.doctor, at=cast.at - day)  # fmt: skip
    note(
        customer=customer,
        kind=FactKind.SPENDING,
        item="检测 2 项",
        amount=Decimal("2750.00"),
        by=cast.doctor,
        at=cast.at - day,
    )
    note(
        customer=customer,
        kind=FactKind.SPENDING,
        item="退费 维生素 D",
        amount=Decimal("-475.00"),
        by=cast.manager,
        at=cast.at,
    )
    note(
        customer=customer,
        kind=FactKind.COMPLAINT,
        item="报告晚到 1 天",
        amount=Decimal("-23.00"),
        by=cast.service,
        at=cast.at,
    )
    client = login(cast.manager)
    html = client.get(page_of(customer)).content.decode()
    for words in (
        "开单 2 项",
        "食物不耐受 ¥1,800.00 × 1",
        "¥2,750.00",
        "−¥475.00",
        "报告晚到 1 天",
        "今天 11月23日",
        "累计 <b>¥2,275.00</b>",
    ):
        assert words in html
    assert html.index("报告晚到 1 天") < html.index("开单 2 项")
    only = client.get(page_of(customer), {"kind": "complaint"}, headers={"HX-Request": "true"}).content.decode()
    assert "报告晚到 1 天" in only
    assert "开单 2 项" not in only
    assert "<html" not in only


@pytest.mark.req("SEC-001", part="lists and details")
def test_service_sees_that_there_was_a_report_but_not_what_it_said(cast, login):
    customer = archive(cast)
    note(
        customer=customer,
        kind=FactKind.REPORT,
        item="总检报告 已录入",
        lines=["维生素 D 不足"],
        by=cast.doctor,
        at=cast.at,
    )
    assert "维生素 D 不足" in login(cast.doctor).get(page_of(customer)).content.decode()
    html = login(cast.service).get(page_of(customer)).content.decode()
    assert "总检报告 已录入" in html
    assert "维生素 D 不足" not in html


@pytest.mark.req("SEC-001", part="lists and details")
@pytest.mark.req("SEC-003", part="reads")
def test_health_data_has_a_tab_of_its_own_and_leaves_a_row(cast, login):
    customer = archive(cast)
    update_archive(customer=customer, changes={"medical_history": "桥本甲状腺炎 2019"}, by=cast.doctor, at=cast.at)
    url = reverse("customers:tab", args=[customer.pk, "health"])
    assert "桥本甲状腺炎 2019" not in login(cast.manager).get(page_of(customer)).content.decode()
    assert "桥本甲状腺炎 2019" in login(cast.doctor).get(url, headers={"HX-Request": "true"}).content.decode()
    assert AuditEntry.objects.get(code="customers.medical.read").by == cast.doctor
    assert login(cast.service).get(url).status_code == 404


@pytest.mark.req("SEC-003", part="reads")
def test_the_director_sees_who_looked(cast, login):
    customer = archive(cast)
    login(cast.service).get(page_of(customer))
    html = login(cast.director).get(reverse("customers:tab", args=[customer.pk, "readers"])).content.decode()
    assert "周示远" in html
    assert "1015" in html
    assert "客户页面" in html
    assert "customers.customer.read" not in html
    assert "建档" in html  # the change of owners
    assert login(cast.manager).get(reverse("customers:tab", args=[customer.pk, "readers"])).status_code == 404


@pytest.mark.req("CUS-037")
def test_the_identity_is_checked_and_shown_before_anything_is_told(cast, login):
    customer = archive(cast)
    client = login(cast.service)
    assert "还没核对" in client.get(page_of(customer)).content.decode()
    answer = client.post(
        reverse("customers:identity_checks", args=[customer.pk]),
        {"method": "personal_data", "result": "failed", "note": ""},
    )
    assert answer.status_code == 422
    assert "没有核实时请写明情况。" in answer.content.decode()
    client.post(
        reverse("customers:identity_checks", args=[customer.pk]),
        {"method": "personal_data", "result": "passed", "note": "生日、地址相符"},
    )
    check = customer.identity_checks.get()
    assert (check.method, check.result, check.by, check.at) == ("personal_data", "passed", cast.service, cast.at)
    html = client.get(page_of(customer)).content.decode()
    assert "已核实" in html
    assert "核对身份：核对个人资料，已核实" in html  # on the timeline
    check_identity(
        customer=customer,
        method="callback",
        result="failed",
        note="回拨无人接",
        by=cast.service,
        at=cast.at + timedelta(minutes=1),
    )
    later = login(cast.service).get(
        page_of(customer), headers={"X-Kefu-At": (cast.at + timedelta(minutes=2)).isoformat()}
    )
    assert "还没核对" in later.content.decode()


@pytest.mark.req("CUS-002")
def test_family_is_shown_on_both_pages(cast, login):
    father = archive(cast, "欧阳建国", "13812346023")
    daughter = archive(cast, "欧阳明珠", "13812346024")
    add_family(customer=daughter, relative=father, relation="parent", by=cast.manager, at=cast.at)
    client = login(cast.manager)
    assert "父母" in client.get(page_of(daughter)).content.decode()
    html = client.get(page_of(father)).content.decode()
    assert "欧阳明珠" in html
    assert "子女" in html


def test_the_page_costs_the_same_with_one_fact_and_with_twenty(cast, login, django_assert_max_num_queries):
    short, long = archive(cast), archive(cast, "陶映川", "13812346022")
    for number in range(20):
        note(customer=long, kind=FactKind.CONTACT, item=f"来电 {number}", by=cast.service, at=cast.at)
    client = login(cast.manager)
    counts = []
    for customer in (short, long):
        with django_assert_max_num_queries(60) as captured:
            client.get(page_of(customer))
        counts.append(len(captured))
    assert counts[0] == counts[1]
