"""The bad rows come back with their reasons, are corrected, and go in."""

import io

from openpyxl import load_workbook

from kefu.foundation.exchange import workbooks
from kefu.foundation.exchange.tests.conftest import HEAD, codes, xlsx
from kefu.foundation.exchange.tests.test_import import MIXED


def opened(content):
    return load_workbook(io.BytesIO(content)).worksheets[0]


def test_bad_rows_as_they_came_with_their_cells_marked(bring):
    page = opened(workbooks.workbook(bring(MIXED)))
    rows = [[cell.value for cell in row] for row in page.rows]
    assert rows == [
        ["编码", "名称", "分中心编码", "用途", "租金", "原因"],
        [
            "R2",
            None,
            "GZ",
            "仓库",
            "一百",
            "第 4 行：名称：必填。；用途：只能填：问诊、采样。；租金：请填金额，例如 128.00。",
        ],
        ["R3", "厨房", "BJ", None, None, "第 5 行：厨房不能接诊。"],
        ["R1", "又是一", "BJ", None, None, "第 6 行：编码：编码 R1 已经有了。"],
        ["R4", "四诊室", "GZ", "采样", None, "第 7 行：分中心编码：没有分中心 GZ。"],
    ]
    marked = [[cell.fill.fgColor.rgb == workbooks.MARK for cell in row] for row in page.rows]
    assert marked == [
        [False] * 6,
        [False, True, False, True, True, False],
        [False] * 6,
        [True, False, False, False, False, False],
        [False, False, True, False, False, False],
    ]


def test_the_corrected_workbook_goes_in(bring):
    book = load_workbook(io.BytesIO(workbooks.workbook(bring(MIXED, "good"))))
    page = book.worksheets[0]
    for row, (name, node, kind, rent) in enumerate(
        [
            ("二诊室", "BJ", "问诊", 90),
            ("三诊室", "BJ", None, None),
            ("又是一", "BJ", None, None),
            ("四诊室", "SH", None, None),
        ],
        start=2,
    ):
        for column, value in enumerate((name, node, kind, rent), start=2):
            page.cell(row, column).value = value
    page["A4"] = "R6"
    out = io.BytesIO()
    book.save(out)
    run = bring(out.getvalue(), "commit", name="改好.xlsx")
    assert run.created == 4
    assert run.unknown_columns == ["原因"]
    assert codes() == ["R1", "R2", "R3", "R4", "R5", "R6"]


def test_a_header_over_two_lines_comes_back_on_one(bring):
    content = xlsx(
        ["编码", "诊室", None], [None, "名称", "分中心编码"], ["R1", "厨房", "BJ"], merged=["A1:A2", "B1:C1"]
    )
    page = opened(workbooks.workbook(bring(content)))
    assert [cell.value for cell in next(page.rows)] == ["编码", "名称", "分中心编码", "原因"]


def test_what_looks_like_a_formula_stays_text(bring):
    page = opened(workbooks.workbook(bring("编码,名称\nR1,厨房\n=1+1,厨房\n".encode())))
    assert (page["A3"].value, page["A3"].data_type) == ("=1+1", "s")


def test_the_template_has_every_column_and_explains_it(spec):
    book = load_workbook(io.BytesIO(workbooks.blank(spec)))
    assert [cell.value for cell in book["填写"][1]] == ["编码", "名称", "分中心编码", "用途", "启用日期", "租金"]
    assert [[cell.value for cell in row] for row in book["说明"].rows][:3] == [
        ["列", "必填", "怎么填"],
        ["编码", "是", "例如 BJ-R1"],
        ["名称", "是", None],
    ]


def test_the_template_filled_in_can_be_imported(spec, bring):
    book = load_workbook(io.BytesIO(workbooks.blank(spec)))
    book["填写"].append(["R1", "一诊室", "BJ", "问诊", "2026-11-23", "10"])
    out = io.BytesIO()
    book.save(out)
    assert bring(out.getvalue(), "commit").created == 1
    assert HEAD == ["编码", "名称", "分中心编码"]
