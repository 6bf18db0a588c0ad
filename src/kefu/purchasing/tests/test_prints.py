"""The order and the stock-in slip as they come out of the printer, word for word, with numbers a scanner reads."""

import io
import subprocess
from datetime import date
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from pypdf import PdfReader

from kefu.foundation.audit.trail import Subject
from kefu.foundation.files import storage
from kefu.foundation.files.actions import attach
from kefu.foundation.files.queries import attached
from kefu.foundation.printing.actions import print_document
from kefu.purchasing.testing import arrived, let_in, ordered
from kefu.purchasing.tests.test_receiving import goods

GOLDEN = Path(__file__).parent / "golden"


def printed(code, subject_id, shop):
    made = print_document(
        code=code, subject=Subject(code, subject_id), customer_id=None, by=shop.product_manager, at=shop.at
    )
    return storage.read(made.file)


def words(pdf):
    text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    return "\n".join(line.strip() for line in text.splitlines() if line.strip()) + "\n"


def scanned(pdf, tmp_path):
    (tmp_path / "paper.pdf").write_bytes(pdf)
    subprocess.run(
        ["pdftoppm", "-r", "200", "-png", "-singlefile", tmp_path / "paper.pdf", tmp_path / "paper"], check=True
    )
    return [one.text for one in zxingcpp.read_barcodes(Image.open(tmp_path / "paper.png"))]


@pytest.mark.django_db
@pytest.mark.req("STK-004")
def test_the_papers_say_what_was_agreed_and_what_was_counted(shop, central, maker, buyers, tmp_path):
    order = ordered(warehouse=central, packs={"N-014": 48, "N-017": 12}, buyers=buyers, at=shop.at)
    delivery = arrived(order=order, by=shop.central_keeper, at=shop.at)
    lines = [
        goods("N-014", "DA26111", 46, date(2028, 6, 30), damaged=2),
        goods("N-017", "DC26111", 12, date(2028, 1, 31)),
    ]
    made = let_in(delivery=delivery, lines=lines, buyers=buyers, at=shop.at)
    for name, code, pk, number in (
        ("order", "purchasing.order", order.pk, "CD2600001"),
        ("stock_in", "stock.receipt", made.receipt_id, made.receipt.number),
    ):
        pdf = printed(code, pk, shop)
        assert words(pdf) == (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")
        assert scanned(pdf, tmp_path) == [number]
    upload = io.BytesIO(printed("stock.receipt", made.receipt_id, shop))
    upload.size, upload.name = len(upload.getvalue()), "底单.pdf"
    subject = Subject("purchasing.delivery", delivery.pk)
    attach(subject=subject, customer_id=None, kind="stock_in_slip", upload=upload, by=shop.central_keeper, at=shop.at)
    assert [(one.name, one.kind) for one in attached(subject.kind, subject.id)] == [("底单.pdf", "stock_in_slip")]
