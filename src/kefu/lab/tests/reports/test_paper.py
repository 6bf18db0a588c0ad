"""The complete report on paper: what it says, that it is kept, and that it is made again when the content changes (JRN-011, LAB-009)."""

import io

import pytest
from pypdf import PdfReader

from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.files.storage import read
from kefu.foundation.printing.models import Print
from kefu.kernel.errors import Forbidden, Invalid, Refused
from kefu.lab.actions.overall import write_overall
from kefu.lab.actions.papers import reprint_paper
from kefu.lab.models import PaperReport, ResultVersion


def text_of(printed):
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(read(printed.file))).pages]
    return pages, " ".join("".join(pages).split())


def test_the_pdf_tells_everything_in_words(story):
    story.release(values={"FPG": "6.50", "VD25": "10.0", "INS": "30.00"})
    story.write("空腹血糖略高，维生素 D 偏低。\n三个月后复查。")
    paper = story.paper()
    pages, text = text_of(paper.print)
    for words in (
        "健康管理检测报告", story.order.number, "客户：程望舒", "出生日期 1986-04-05", "医生 何示宁 2002", "北京朝阳中心",
        "空腹血糖略高，维生素 D 偏低。", "三个月后复查。", "糖代谢与胰岛素评估", "维生素营养评估", "6.50", "↑ 偏高", "3.90–6.10", "↓ 偏低",
        "审核 许示安 2026-11-25", "采样 2026-11-23", "不能代替临床诊断", "医生签字", "第 1 版", "等于界限值的按正常计",
    ):  # fmt: skip
        assert words.replace(" ", "") in text.replace(" ", ""), words
    assert all(f"第 {number} 页，共 {len(pages)} 页" in page for number, page in enumerate(pages, 1))
    shown = ResultVersion.objects.filter(pk__in=paper.results.values("pk"))
    assert (paper.text.version, shown.count(), {value.version for value in shown}) == (1, 14, {1})


def test_after_a_change_the_paper_is_made_again_with_a_reason(story, journeys):
    story.release()
    story.write()
    first = story.paper()
    with pytest.raises(Refused) as same:
        story.paper()
    assert same.value.code == "paper_is_current"
    write_overall(report=story.overall(), text="改过的总检", reason="漏写一句", by=journeys.doctor, at=story.at(4))
    with pytest.raises(Refused) as outdated:
        story.hand()
    assert outdated.value.code == "paper_outdated"
    with pytest.raises(Refused):
        reprint_paper(report=story.overall(), by=journeys.consulting, at=story.at(4))
    with pytest.raises(Invalid):
        story.paper()
    again = story.paper(reason="总检修改")
    assert [(one.print.version, one.reason, one.text.version) for one in PaperReport.objects.order_by("pk")] == [
        (1, "", 1), (2, "总检修改", 2),
    ]  # fmt: skip
    assert "改过的总检" in text_of(again.print)[1]
    assert "改过的总检" not in text_of(first.print)[1]
    story.hand()
    assert story.status == "paper_issued"


def test_a_further_copy_says_that_it_is_one(story, journeys):
    story.release()
    story.write()
    story.paper()
    with pytest.raises(Forbidden):
        reprint_paper(report=story.overall(), by=journeys.doctor, at=story.at(5))
    copy = reprint_paper(report=story.overall(), by=journeys.consulting, at=story.at(5))
    assert (copy.version, copy.copy_number, PaperReport.objects.count()) == (1, 2, 1)
    assert "副本 1" in text_of(copy)[1]


def test_a_corrected_report_prints_as_corrected_and_names_the_versions(story):
    story.release()
    story.write()
    story.paper()
    story.arrive(codes=["T-GLU"], values={"FPG": "7.20"}, status="C", control_id="M2", sent="20261127100000")
    story.approve("T-GLU", days=5)
    story.write("更正后重写", days=5)
    paper = story.paper(days=5)
    text = text_of(paper.print)[1].replace(" ", "")
    assert ("更正后第2版，以本版为准" in text, "更正报告，第2版" in text, "7.20" in text) == (True, True, True)
    assert paper.results.get(analyte__code="FPG").version == 2


def test_many_papers_at_once_each_by_itself(story, journeys, login, person):
    story.release()
    story.write()
    browser = login(journeys.consulting)
    listed = browser.get("/reports/papers/").content.decode()
    assert story.order.number in listed
    done = browser.post("/reports/papers/", {"report": [story.overall().pk, 999_999]})
    assert [(row.number, row.name, str(row.status.word)) for row in done.context["done"]] == [
        (story.order.number, "程望舒", "已制作")
    ]
    assert Print.objects.filter(document="lab.report").count() == 1
    assert "没有待制作的报告" in browser.get("/reports/papers/").content.decode()


def test_printing_and_looking_at_the_print_are_in_the_trail_and_within_rights(story, journeys, login):
    story.release()
    story.write()
    made = story.paper()
    entry = AuditEntry.objects.get(code="lab.paper.made")
    assert (entry.by, entry.customer_id, entry.changes["text"]) == (
        journeys.consulting,
        story.order.customer_id,
        [None, 1],
    )
    path = f"/prints/{made.print_id}.pdf"
    assert [login(user).get(path).status_code for user in (journeys.consulting, journeys.doctor, journeys.manager)] == [
        200
    ] * 3
    assert [
        login(user).get(path).status_code for user in (journeys.service, journeys.doctor2, journeys.sh_manager)
    ] == [404] * 3
