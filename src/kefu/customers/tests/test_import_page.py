"""An old list of customers on the page: three wrong rows are named, the others go in."""

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from kefu.customers.models import Customer
from kefu.customers.tests.factories import source
from kefu.customers.tests.test_import import listed, rows
from kefu.foundation.exchange.models import ImportRun
from kefu.foundation.jobs.testing import run_pending


@pytest.mark.req("CUS-001")
@pytest.mark.parametrize("count", [100, pytest.param(500, marks=pytest.mark.soak)])
def test_three_wrong_rows_of_many_are_named_and_only_the_others_go_in(cast, login, count):
    source()
    page = login(cast.admin)
    page.post("/imports/customers/", {"file": SimpleUploadedFile("名单.dat", listed(rows(count)))})
    run_pending(cast.at)
    run = ImportRun.objects.get()
    shown = page.get(f"/imports/customers/{run.pk}/").content.decode()
    for words in (
        f"共 {count} 行：{count - 3} 行可以导入，3 行有错。",
        "手机号要 11 位，现在 7 位。",
        "没有工号为 9999 的同事。",
        "请填写出生日期或年龄。",
    ):
        assert words in shown
    assert not Customer.objects.exists()
    errors = openpyxl.load_workbook(
        io.BytesIO(page.get(f"/imports/customers/{run.pk}/errors.xlsx").content)
    ).worksheets[0]
    assert [row[0] for row in errors.iter_rows(min_row=2, values_only=True)][:3] == ["客户010", "客户020", "客户030"]
    page.post(f"/imports/customers/{run.pk}/writing/", {"mode": "good"})
    run_pending(cast.at)
    assert Customer.objects.count() == count - 3
    assert not Customer.objects.filter(name__in=["客户010", "客户020", "客户030"]).exists()
