"""The customer list leaves the house: only what one sees and may take away, with a purpose, and written down."""

import csv
import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from kefu.customers.actions import export_customers, update_archive
from kefu.customers.models import Customer
from kefu.customers.queries import CustomerFilter
from kefu.customers.tests.factories import archive, lead
from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.limits.models import LimitValue
from kefu.kernel.errors import Forbidden, Refused

URL = reverse("customers:export")
CSV = {"reason": "月度核对", "form": "csv"}


def rows(response) -> list[list[str]]:
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"), newline="")))


@pytest.fixture
def people(cast):
    archive(cast, "沈知夏", "13812346021")
    lead(cast, "陶映川", "13812346022")
    lead(cast, "倪若安", "13812346023", by=cast.sh_manager)


@pytest.mark.req("SEC-001", part="exports")
def test_the_export_holds_the_own_centre_with_masked_numbers_and_nothing_medical(cast, people, login):
    customer = Customer.objects.get(name="沈知夏")
    update_archive(customer=customer, changes={"medical_history": "桥本甲状腺炎"}, by=cast.doctor, at=cast.at)
    director = login(cast.director)
    assert URL in director.get(reverse("customers:list")).content.decode()
    assert "电话只显示首尾，不含病史" in director.get(URL).content.decode()
    answer = director.post(
        f"{URL}?columns=phone&columns=stage&columns=node&columns=manager&columns=doctor&columns=source&columns=created",
        CSV,
    )
    assert answer["Content-Type"] == "text/csv"
    assert "attachment" in answer["Content-Disposition"]
    assert rows(answer) == [
        ["姓名", "性别", "年龄", "电话", "阶段", "分中心", "健康管理师", "功能医生", "客户来源", "登记时间"],
        ["陶映川", "", "", "138 **** 6022", "线索", "北京朝阳中心", "", "", "", "2026-11-23 09:00:00"],
        ["沈知夏", "女", "41", "138 **** 6021", "已建档", "北京朝阳中心", "何示文 2004", "何示宁 2002", "到店", "2026-11-23 09:00:00"],
        ["导出人：何示安 2001，2026-11-23 09:00，用途：月度核对"],
    ]  # fmt: skip
    only = rows(director.post(f"{URL}?stage=active", CSV))
    assert [row[0] for row in only[1:-1]] == ["沈知夏"]
    page = load_workbook(io.BytesIO(director.post(URL, CSV | {"form": "xlsx"}).content)).worksheets[0]
    assert page.max_row == 4


@pytest.mark.req("SEC-001", part="exports")
def test_who_may_not_export_gets_nothing_and_neither_does_who_sees_nobody(cast, people, login):
    for name in ("manager", "doctor", "service", "consulting", "keeper", "admin", "sh_manager"):
        user = getattr(cast, name)
        assert login(user).post(URL, CSV).status_code == 403, name
        assert URL not in login(user).get(reverse("customers:list")).content.decode(), name
        with pytest.raises(Forbidden):
            export_customers(narrow=CustomerFilter(), reason="月度核对", form="csv", by=user, at=cast.at)
    there = login(cast.director).post(f"{URL}?node={cast.sh.pk}", CSV)
    assert rows(there)[1:-1] == []
    assert not AuditEntry.objects.filter(kind="export", customer_id__isnull=False).exists()


@pytest.mark.req("SEC-003", part="exports")
def test_the_export_needs_a_purpose_and_stands_in_the_trail_of_each_customer(cast, people, login):
    director = login(cast.director)
    refused = director.post(URL, CSV | {"reason": " "})
    assert (refused.status_code, "用途" in refused.content.decode()) == (422, True)
    assert not AuditEntry.objects.filter(kind="export").exists()
    director.post(URL, CSV)
    whole = AuditEntry.objects.get(kind="export", customer_id__isnull=True)
    assert (whole.code, whole.by, whole.reason, whole.changes["rows"]) == (
        "customers.list.exported", cast.director, "月度核对", [None, 2],
    )  # fmt: skip
    each = AuditEntry.objects.filter(kind="export", customer_id__isnull=False).order_by("customer_id")
    names = Customer.objects.in_bulk([row.customer_id for row in each])
    assert [names[row.customer_id].name for row in each] == ["沈知夏", "陶映川"]
    shown = director.get(reverse("customers:tab", args=[each[0].customer_id, "readers"])).content.decode()
    assert "导出" in shown and "何示安" in shown


def test_more_than_the_limit_is_refused_and_nothing_is_written(cast, people, login):
    LimitValue.objects.create(
        code="customers.export_most", value=1, valid_from=cast.at.date(), set_by=cast.admin, set_at=cast.at
    )
    with pytest.raises(Refused) as refusal:
        export_customers(narrow=CustomerFilter(), reason="月度核对", form="csv", by=cast.director, at=cast.at)
    assert refusal.value.code == "export_too_many"
    answer = login(cast.director).post(URL, CSV)
    assert (answer.status_code, "一次最多导出 1 位客户" in answer.content.decode()) == (409, True)
    assert not AuditEntry.objects.filter(kind="export").exists()
