"""A sheet is printed, printed again, changed, and printed anew."""

import io
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.utils import translation
from pypdf import PdfReader

from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.audit.trail import Subject
from kefu.foundation.files import storage
from kefu.foundation.printing import actions, press, queries
from kefu.foundation.printing.models import Print
from kefu.foundation.printing.tests.conftest import scanned, text_of

SUBJECT = Subject("test.order", 7)


@pytest.fixture
def print_it(cast):
    def go(code="test.sheet", **more):
        given = {"subject": SUBJECT, "customer_id": 3, "by": cast.manager, "at": cast.at}
        return actions.print_document(code=code, **given | more)

    return go


def test_a_sheet_says_what_it_is_for_whom_by_whom_and_of_how_many_pages(order, print_it, cast):
    made = print_it()
    text = text_of(made)
    for words in (
        "检验申请单", "BJ-20261123-0007", "北京朝阳中心", "客户：欧阳喆", "25-羟维生素 D", "¥5,000.00", "客户签字：",
        "第 1 版 · 何示文 2004 打印于 2026-11-23 09:00", "第 1 页，共 1 页", "演示数据：检测项目、参考范围和建议须经医师和检验室审核替换后才能用于客户。",
    ):  # fmt: skip
        assert words in text
    assert "副本" not in text
    page = PdfReader(io.BytesIO(storage.read(made.file))).pages[0]
    assert [round(float(side) / 72 * 25.4) for side in page.mediabox[2:]] == [210, 297]
    row = AuditEntry.objects.get(code="printing.printed")
    assert (row.kind, row.by, row.customer_id, row.subject_id) == ("print", cast.manager, 3, 7)
    assert row.changes == {
        "document": [None, "test.sheet"],
        "version": [None, 1],
        "copy": [None, 1],
        "print": [None, made.pk],
    }


def test_a_reprint_says_it_is_a_copy_and_keeps_its_version(order, print_it, cast):
    first = print_it()
    second = print_it(by=cast.doctor, at=cast.at + timedelta(days=30))
    third = print_it()
    assert [(each.version, each.copy_number, each.copy_label) for each in (first, second, third)] == [
        (1, 1, ""),
        (1, 2, "副本 1"),
        (1, 3, "副本 2"),
    ]
    assert "副本 1" in text_of(second)
    assert "何示宁 2002 打印于 2026-12-23 09:00" in text_of(second)
    assert list(queries.prints_of("test.sheet", "test.order", 7)) == [second, third, first]


def test_changed_content_is_a_new_version_and_old_content_its_old_one(order, print_it):
    first = print_it()
    order["lines"] = [("25-羟维生素 D", "320.00")]
    assert not queries.is_current(first)
    second = print_it()
    assert (second.version, second.copy_number) == (2, 1)
    assert queries.is_current(second)
    assert queries.current_version("test.sheet", "test.order", 7) == 2
    order["lines"] = [("25-羟维生素 D", "350.00"), ("食物不耐受", "5,000.00")]
    third = print_it()
    assert (third.version, third.copy_number) == (1, 2)
    assert queries.is_current(first)


def test_each_document_of_each_subject_counts_by_itself(order, print_it):
    assert queries.current_version("test.sheet", "test.order", 7) == 0
    made = [print_it(), print_it("test.label"), print_it(subject=Subject("test.order", 8))]
    assert [(each.version, each.copy_number) for each in made] == [(1, 1)] * 3


def test_the_stored_pdf_is_the_one_that_was_printed(order, print_it):
    made = print_it()
    before = storage.read(made.file)
    order["customer"] = "李四"
    print_it()
    assert storage.read(made.file) == before
    assert before.startswith(b"%PDF-")


def test_the_barcode_of_a_sheet_can_be_scanned(order, print_it, tmp_path):
    assert scanned(print_it(), tmp_path) == ["CODE-128:BJ-20261123-0007"]


def test_a_label_is_small_and_both_its_codes_can_be_scanned(order, print_it, tmp_path):
    made = print_it("test.label")
    page = PdfReader(io.BytesIO(storage.read(made.file))).pages
    assert [[round(float(side) / 72 * 25.4) for side in each.mediabox[2:]] for each in page] == [[60, 40]]
    assert "欧阳喆 女 52" in text_of(made)
    assert scanned(made, tmp_path) == ["CODE-128:BJ-20261123-0007", "QR-Code:https://kefu.example/k/7"]


def test_long_sheets_repeat_head_of_table_and_foot_on_every_page(order, print_it):
    order["lines"] = [(f"项目 {number}", "1.00") for number in range(60)]
    made = print_it()
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(storage.read(made.file))).pages]
    assert len(pages) == 3
    for number, text in enumerate(pages, start=1):
        assert f"第 {number} 页，共 3 页" in text
        assert "何示文 2004 打印于 2026-11-23 09:00" in text
        assert "价格" in text
    assert "客户签字：" in pages[2]


def test_production_prints_carry_no_demo_notice(order, print_it, settings):
    settings.PRODUCTION = True
    assert "演示数据" not in text_of(print_it())


def test_only_the_vendored_fonts_are_used_and_embedded(order, print_it):
    made = print_it()
    fonts = PdfReader(io.BytesIO(storage.read(made.file))).pages[0]["/Resources"]["/Font"]
    names = {str(font.get_object()["/BaseFont"]).partition("+")[2] for font in fonts.values()}
    assert names == {"Kefu-Print", "Kefu-Print-Bold"}
    assert made.file.size < 60_000


def test_prints_are_in_chinese_whoever_prints(order, print_it):
    with translation.override("en"):
        made = print_it()
    assert "第 1 版" in text_of(made)


def test_a_template_cannot_reach_the_network_or_the_disk(tmp_path):
    secret = tmp_path / "secret.svg"
    secret.write_text('<svg xmlns="http://www.w3.org/2000/svg" width="90" height="20"><text y="15">geheim</text></svg>')
    for url in (
        secret.as_uri(),
        f"file://localhost{secret}",
        "http://127.0.0.1:1/x.svg",
        "relative/../../../etc/hosts",
    ):
        content = press.write_pdf(f'<p>开头</p><img src="{url}" alt=""><p>结尾</p>', "A4")
        assert PdfReader(io.BytesIO(content)).pages[0].extract_text().split() == [
            "开头",
            "结尾",
            "第",
            "1",
            "页，共",
            "1",
            "页",
        ]


def test_prints_follow_the_customer_who_stays_after_a_merge(order, print_it, cast):
    made = print_it()
    assert actions.follow_customer(loser_id=3, winner_id=4, by=cast.admin, at=cast.at) == 1
    made.refresh_from_db()
    assert made.customer_id == 4
    assert actions.follow_customer(loser_id=3, winner_id=4, by=cast.admin, at=cast.at) == 0


@pytest.mark.django_db(transaction=True)
def test_four_people_printing_at_once_get_four_copy_numbers(order, print_it):
    start, made = Barrier(4), []

    def go():
        try:
            start.wait()
            made.append(print_it())
        finally:
            connection.close()

    threads = [Thread(target=go) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted((each.version, each.copy_number) for each in made) == [(1, 1), (1, 2), (1, 3), (1, 4)]
    assert Print.objects.count() == 4
