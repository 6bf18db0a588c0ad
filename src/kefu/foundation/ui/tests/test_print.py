"""A slip becomes a PDF with our fonts inside, quickly enough to print while the customer waits."""

from datetime import datetime
from io import BytesIO
from zoneinfo import ZoneInfo

import weasyprint
from django.template import engines
from django.utils import translation
from pypdf import PdfReader

from kefu.foundation.ui.inputs import PrintDocument

AT = datetime(2026, 3, 12, 14, 20, tzinfo=ZoneInfo("Asia/Shanghai"))
SLIP = PrintDocument("检测申请单", "L2603-0188", "杭州西湖中心", AT, customer="客户 彭家辉", copy=2, printed_by="郝静")


def pdf(source, **context):
    with translation.override("zh-hans"):
        html = engines["django"].from_string(source).render({"pdf": True, **context})
    return PdfReader(BytesIO(weasyprint.HTML(string=html).write_pdf()))


def fonts(page):
    return {str(font.get_object()["/BaseFont"]).split("+")[-1] for font in page["/Resources"]["/Font"].values()}


def test_a_slip_prints_on_a4_with_its_head_and_says_that_it_is_a_copy():
    made = pdf('{% extends "ui/print.html" %}{% block content %}<p>龘 喆 ¥1,800.00</p>{% endblock %}', document=SLIP)
    page = made.pages[0]
    text = page.extract_text()
    assert [round(float(side)) for side in page.mediabox[2:]] == [595, 842]
    assert all(
        words in text
        for words in ("检测申请单", "单号 L2603-0188", "客户 彭家辉", "副本 2", "郝静 打印", "1 / 1", "龘")
    )
    assert {name.split("-")[0] for name in fonts(page)} == {"Kefu"}


def test_labels_print_one_on_each_page():
    made = pdf(
        '{% extends "ui/label.html" %}{% block content %}<div class="kf-label"><b>彭家辉</b></div>'
        '<div class="kf-label">袁晓峰</div>{% endblock %}'
    )
    assert [page.extract_text().strip() for page in made.pages] == ["彭家辉", "袁晓峰"]
    assert [round(float(side)) for side in made.pages[0].mediabox[2:]] == [170, 113]
