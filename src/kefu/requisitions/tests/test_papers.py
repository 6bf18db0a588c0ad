"""The pick list and the issue slip as they come out of the printer, compared word for word, their numbers read back from the barcode."""

import io
import subprocess
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from pypdf import PdfReader

from kefu.foundation.audit.trail import Subject
from kefu.foundation.files.storage import read
from kefu.foundation.printing.actions import print_document
from kefu.products.models import Product
from kefu.requisitions.choices import State
from kefu.requisitions.documents import PICK_LIST
from kefu.requisitions.testing import send
from kefu.stock.documents import ISSUE_SLIP

GOLDEN = Path(__file__).parent / "golden"


def printed(shop, code, ident, tmp_path):
    """The text of a paper, line by line, and what a scanner reads from it."""
    made = print_document(code=code, subject=Subject(code, ident), customer_id=None, by=shop.central_keeper, at=shop.at)
    content = read(made.file)
    text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    sheet = tmp_path / "sheet.pdf"
    sheet.write_bytes(content)
    subprocess.run(["pdftoppm", "-r", "200", "-gray", "-png", "-singlefile", sheet, tmp_path / "sheet"], check=True)
    codes = [found.text for found in zxingcpp.read_barcodes(Image.open(tmp_path / "sheet.png"))]
    return text.strip() + "\n", codes


@pytest.mark.django_db
@pytest.mark.req("STK-006")
@pytest.mark.req("STK-005")
def test_what_is_printed_for_a_transfer(shop, taken_to, fish_oil, vitamin, tmp_path):
    Product.objects.filter(pk=vitamin.pk).update(fragile=True)
    one = taken_to(State.APPROVED, [(fish_oil, 14), (vitamin, 3)])
    text, codes = printed(shop, PICK_LIST, one.pk, tmp_path)
    assert text == (GOLDEN / "pick_list.txt").read_text(encoding="utf-8")
    assert codes == ["SQ2600001"]
    sent = send(one, by=shop.central_keeper, at=shop.at)
    text, codes = printed(shop, ISSUE_SLIP, sent.slip.pk, tmp_path)
    assert text == (GOLDEN / "issue_slip.txt").read_text(encoding="utf-8")
    assert codes == ["CK2600001"]
