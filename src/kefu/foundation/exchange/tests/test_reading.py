"""Files as Excel, WPS, LibreOffice and people make them."""

import datetime as dt
import zipfile
from decimal import Decimal
from io import BytesIO

import pytest
from openpyxl import Workbook

from kefu.foundation.exchange import cells, sheets
from kefu.foundation.exchange.cells import BadCell
from kefu.foundation.exchange.tests.conftest import COLUMNS, HEAD, xlsx
from kefu.kernel.errors import Invalid

ROW = ["R1", "一诊室", "BJ"]
CSV = "编码,名称,分中心编码\r\nR1,一诊室,BJ\r\n"


def read(content):
    sheet = sheets.read(content, COLUMNS)
    places = sheet.header.places
    return [(number, [row[places[key]] for key in ("code", "name", "node")]) for number, row in sheet.numbered()]


@pytest.mark.parametrize(
    "content",
    [
        CSV.encode(),
        CSV.encode("utf-8-sig"),
        CSV.encode("gb18030"),
        CSV.encode("utf-16"),
        CSV.replace(",", "\t").encode("gb18030"),
        CSV.replace(",", ";").encode(),
        CSV.replace("\r\n", "\n").encode(),
        CSV.replace("编码", '"编\n码"', 1).encode(),
        ("诊室名单,,\n2026 年,,\n" + CSV).encode("gb18030")[:-2] + b"\r\n\r\n,,\r\n\x1a",
        xlsx(HEAD, ROW),
    ],
)
def test_encodings_separators_and_containers(content):
    assert [cells for _number, cells in read(content)] == [ROW]


def test_a_rare_name_in_gb18030_survives():
    content = "编码,名称\nR1,𠮷堃喆诊室\n".encode("gb18030")
    sheet = sheets.read(content, COLUMNS)
    assert list(sheet.numbered()) == [(2, ["R1", "𠮷堃喆诊室"])]
    assert sheet.media_type == "text/csv"


def test_the_header_stands_below_titles_and_notes_and_rows_keep_their_numbers():
    content = xlsx(
        ["北京朝阳中心诊室一览表"], ["填表人：何示文"], [], HEAD, ROW, [], ["R2", "二诊室", "BJ"], merged=["A1:C1"]
    )
    assert read(content) == [(5, ROW), (7, ["R2", "二诊室", "BJ"])]


def test_a_header_over_two_lines_in_merged_cells():
    content = xlsx(["基本信息", None, "归属"], ["编码", "名称", "分中心编码"], ROW, merged=["A1:B1"])
    assert read(content) == [(3, ROW)]
    content = xlsx(["编码", "诊室", None], [None, "名称", "分中心编码"], ROW, merged=["A1:A2", "B1:C1"])
    assert read(content) == [(3, ROW)]


def test_a_header_of_two_merged_lines_does_not_become_a_row():
    content = xlsx(HEAD, [], ROW, merged=["A1:A2", "B1:B2", "C1:C2"])
    assert read(content)[-1] == (3, ROW)
    assert sheets.read(content, COLUMNS).header.row in (0, 1)


def test_a_cell_merged_over_rows_speaks_for_each_of_them():
    content = xlsx(HEAD, ROW, ["R2", "二诊室", None], ["R3", "三诊室", None], merged=["C2:C4"])
    assert [row[2] for _number, row in read(content)] == ["BJ", "BJ", "BJ"]


@pytest.mark.parametrize(
    "title", ["编 码", "编码*", "*编码（必填）", "ＲＯＯＭ ＣＯＤＥ", "Room_Code:", "代码", "编\n码"]
)
def test_headers_as_people_write_them(title):
    assert read(xlsx([title, "名称", "所属机构"], ROW)) == [(2, ROW)]


def test_columns_in_any_order_and_others_are_passed_over_and_named():
    sheet = sheets.read(xlsx(["备注", "名称", "电话", "编码"], ["", "一", "1", "R1"]), COLUMNS)
    assert sheet.header.places == {"name": 1, "code": 3}
    assert sheet.header.unknown == ("备注", "电话")


def test_the_second_sheet_is_found_when_the_first_is_a_cover():
    book = Workbook()
    book.active.append(["说明：请填第二页"])
    page = book.create_sheet("名单")
    page.append(HEAD)
    page.append(ROW)
    out = BytesIO()
    book.save(out)
    assert read(out.getvalue()) == [(2, ROW)]


def bomb():
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", bytes(401 * 1024 * 1024))
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "codes"),
    [
        (b"", ["no_header"]),
        (xlsx(["甲", "乙"], ["1", "2"]), ["no_header"]),
        (xlsx(["编码", "备注", "kind"], ["R1", "", ""]), ["column_missing"]),
        (xlsx(["kind", "rent"], ["", "1"]), ["column_missing", "column_missing"]),
        (xlsx(["编码", "名称", "代码"], ["R1", "一", "R1"]), ["column_twice"]),
        (xlsx(HEAD), ["empty"]),
        (xlsx(HEAD, ["", None, ""]), ["empty"]),
        (b"PK\x03\x04 not really", ["unreadable"]),
        (xlsx(HEAD, ROW)[:-300], ["unreadable"]),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000), ["unreadable"]),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), ["unreadable"]),
        (b"\xff\xff\xff", ["unreadable"]),
        (b"a" * (20 * 1024 * 1024 + 1), ["too_large"]),
    ],
)
def test_what_cannot_be_imported_says_why(content, codes):
    with pytest.raises(Invalid) as refused:
        sheets.read(content, COLUMNS)
    assert [error.code for error in refused.value.errors] == codes
    assert {error.field for error in refused.value.errors} == {"file"}


def test_a_bomb_is_not_unpacked():
    with pytest.raises(Invalid) as refused:
        sheets.read(bomb(), COLUMNS)
    assert refused.value.errors[0].code == "too_large"


def reaching(place):
    """A workbook of a few kilobytes whose last filled cell is far away."""
    book = Workbook()
    book.active.append(HEAD)
    book.active.append(ROW)
    book.active[place] = "x"
    out = BytesIO()
    book.save(out)
    return out.getvalue()


ODS = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">'
    '<office:body><office:spreadsheet><table:table table:name="S">%s</table:table></office:spreadsheet></office:body></office:document-content>'
)
ODS_CELL = '<table:table-cell office:value-type="string"%s><text:p>%s</text:p></table:table-cell>'

MANY_ROWS = '<table:table-row table:number-rows-repeated="9000">%s</table:table-row>'


def ods(*rows, rest=""):
    told = ("".join(ODS_CELL % ("", cell) for cell in row) for row in rows)
    body = "".join(f"<table:table-row>{cells}</table:table-row>" for cells in told) + rest
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
        archive.writestr("content.xml", ODS % body)
    return out.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        reaching("XFD1048576"),
        reaching("CV60000"),
        ods(HEAD, rest=MANY_ROWS % (ODS_CELL % (' table:number-columns-repeated="16000"', "x"))),
    ],
)
def test_a_few_bytes_that_stand_for_millions_of_cells_are_refused_before_they_are_unpacked(content):
    assert len(content) < 10_000
    with pytest.raises(Invalid) as refused:
        sheets.read(content, COLUMNS)
    assert refused.value.errors[0].code == "too_large"


def test_empty_cells_repeated_to_the_edge_are_no_bomb():
    rest = '<table:table-row table:number-rows-repeated="1048570"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    assert read(ods(HEAD, ROW, rest=rest)) == [(2, ROW)]
    assert read(reaching("C60000"))[0] == (2, ROW)


def test_a_formula_is_read_as_its_value_and_refused_by_name_where_the_file_holds_none():
    with pytest.raises(Invalid) as refused:
        sheets.read(xlsx(HEAD, ["R1", '="一"&"诊室"', "BJ"], ["R2", "=B2", "BJ"]), COLUMNS)
    [error] = refused.value.errors
    assert (error.code, str(error.message)[:18]) == ("formula", "B2、B3 的公式没有存下计算结果，")
    computed = patched(
        xlsx(HEAD, ["R1", "=B9", "BJ"]),
        b'<c r="B2"><f>B9</f><v /></c>',
        '<c r="B2" t="str"><f>B9</f><v>一诊室</v></c>'.encode(),
    )
    assert read(computed) == [(2, ROW)]


def patched(content, old, new):
    """The workbook as Excel saves it, with the results of its formulas."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as archive, zipfile.ZipFile(out, "w") as made:
        for entry in archive.infolist():
            part = archive.read(entry)
            assert old in part or entry.filename != "xl/worksheets/sheet1.xml"
            made.writestr(entry.filename, part.replace(old, new))
    return out.getvalue()


def zipped(**parts):
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name.replace("__", "/"), part)
    return out.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        zipped(word__document=b"<w:document/>"),
        zipped(xl__workbook=b"", xl__worksheets=b""),
        b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + bytes(range(256)),
        b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(60),
        b"<html>\x00</html>",
    ],
)
def test_what_is_not_what_its_name_says_is_refused(content):
    with pytest.raises(Invalid) as refused:
        sheets.read(content, COLUMNS)
    assert refused.value.errors[0].code == "unreadable"


@pytest.mark.parametrize(
    ("parse", "cell", "value"),
    [
        (cells.text(), 13800138000.0, "13800138000"),
        (cells.text(), " 张三\n李四\u3000", "张三 李四"),
        (cells.text(), "'+8613800138000", "+8613800138000"),
        (cells.text(), dt.date(1990, 5, 23), "1990-05-23"),
        (cells.text(), 0.5, "0.5"),
        (cells.day, dt.datetime(1990, 5, 23), dt.date(1990, 5, 23)),
        (cells.day, "1990/5/23", dt.date(1990, 5, 23)),
        (cells.day, "1990年5月23日", dt.date(1990, 5, 23)),
        (cells.day, "1990.05.23", dt.date(1990, 5, 23)),
        (cells.day, "19900523", dt.date(1990, 5, 23)),
        (cells.day, "１９９０-05-23", dt.date(1990, 5, 23)),
        (cells.day, 33016.0, dt.date(1990, 5, 23)),
        (cells.amount, "¥1,280.50", Decimal("1280.50")),
        (cells.amount, 0.30000000000000004, Decimal("0.30")),
        (cells.amount, 128.0, Decimal("128.00")),
        (cells.whole(0, 150), 52.0, 52),
        (cells.choice({"男": "male", "女": "female", "F": "female"}), "ｆ ", "female"),
    ],
)
def test_cells_are_read_as_people_meant_them(parse, cell, value):
    assert parse(cell) == value


@pytest.mark.parametrize(
    ("parse", "cell", "code", "message"),
    [
        (cells.text(), "1.38E+10", "scientific", "号码被表格改成了科学计数，请把这一格设成文本后重新填写。"),
        (cells.text(3), "四个字呢", "too_long", "太长了，最多 3 个字，现在 4 个。"),
        (cells.day, "1990-02-30", "day", "日期请写成 1990-05-23 的样子。"),
        (cells.day, "去年", "day", "日期请写成 1990-05-23 的样子。"),
        (cells.day, 52.0, "day", "日期请写成 1990-05-23 的样子。"),
        (cells.amount, "一百", "money", "请填金额，例如 128.00。"),
        (cells.amount, "1.005", "money", "金额最多两位小数。"),
        (cells.whole(0, 150), "52.5", "number", "请填 0 到 150 的整数。"),
        (cells.whole(0, 150), 151.0, "number", "请填 0 到 150 的整数。"),
        (cells.choice({"男": "male", "女": "female"}), "不详", "not_a_choice", "只能填：男、女。"),
    ],
)
def test_cells_that_cannot_be_read_say_how_to_write_them(parse, cell, code, message):
    with pytest.raises(BadCell) as bad:
        parse(cell)
    assert (bad.value.code, bad.value.message) == (code, message)
