"""A list leaves the house: readable in Excel, harmless, and written down with its purpose."""

import csv
import io
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook

from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.exchange.export import export_rows
from kefu.kernel.errors import Invalid

ROWS = [
    [
        "张三",
        "=1+1",
        Decimal("-12.50"),
        date(2026, 11, 23),
        datetime(2026, 11, 23, 1, 5, tzinfo=ZoneInfo("UTC")),
        True,
        None,
    ],
    ["+86138", "@SUM(A1)", 3, None, None, False, "a\tb"],
    ["-1", "\t=1", 0.5, None, None, None, '第一行\n第二行, "引号"'],
]
COLUMNS = ["姓名", "备注", "金额", "日期", "时间", "在用", "说明"]


@pytest.fixture
def export(cast):
    def go(**more):
        given = {"code": "customers.list", "title": "客户", "columns": COLUMNS, "rows": ROWS, "reason": " 月度核对 "}
        return export_rows(**given | more, by=cast.manager, at=cast.at)

    return go


def test_csv_opens_in_excel_and_starts_no_formula(export):
    file = export()
    assert (file.name, file.media_type, file.rows) == ("客户-20261123-0900.csv", "text/csv", 3)
    assert file.content.startswith(b"\xef\xbb\xbf\xe5\xa7\x93")
    rows = list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"), newline="")))
    assert rows == [
        COLUMNS,
        ["张三", "'=1+1", "-12.50", "2026-11-23", "2026-11-23 09:05:00", "是", ""],
        ["'+86138", "'@SUM(A1)", "3", "", "", "否", "a\tb"],
        ["'-1", "'\t=1", "0.5", "", "", "", '第一行\n第二行, "引号"'],
        ["导出人：何示文 2004，2026-11-23 09:00，用途：月度核对"],
    ]


def test_xlsx_keeps_texts_as_texts_and_numbers_as_numbers(export):
    page = load_workbook(io.BytesIO(export(form="xlsx").content)).worksheets[0]
    assert page.title == "客户"
    assert [(cell.value, cell.data_type) for cell in page[2]][:3] == [("张三", "s"), ("=1+1", "s"), (-12.5, "n")]


def test_characters_a_workbook_cannot_hold_are_left_out(export):
    page = load_workbook(io.BytesIO(export(form="xlsx", rows=[["a\x00\x0bb"]]).content)).worksheets[0]
    assert page["A2"].value == "ab"


@pytest.mark.req("SEC-003", part="exports")
def test_every_export_is_written_down_with_its_purpose(export, cast):
    export(customer_id=7)
    row = AuditEntry.objects.get(kind="export")
    assert (row.kind, row.code, row.reason, row.by, row.customer_id) == (
        "export",
        "customers.list",
        "月度核对",
        cast.manager,
        7,
    )
    assert row.changes == {"rows": [None, 3], "columns": [None, "、".join(COLUMNS)], "form": [None, "csv"]}


def test_without_a_purpose_nothing_leaves(export):
    with pytest.raises(Invalid) as refused:
        export(reason="  ")
    assert refused.value.errors[0].field == "reason"
    assert not AuditEntry.objects.filter(kind="export").exists()
