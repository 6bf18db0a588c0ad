"""The run sheet, the collection slip and the daily list as they come out of the printer, their numbers read back from the barcode."""

import io
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from pypdf import PdfReader

from kefu.dispatch import actions
from kefu.dispatch.queries import BACK, DAY, RUN
from kefu.dispatch.tests.test_backs import GIVEN
from kefu.dispatch.tests.test_runs import plan
from kefu.foundation.audit.trail import Subject
from kefu.foundation.files.storage import read
from kefu.foundation.printing.actions import print_document
from kefu.sales.actions import dispatch

GOLDEN = Path(__file__).parent / "golden"


def printed(yard, code, ident, customer, tmp_path):
    """The text of a paper, line by line, and what a scanner reads from it."""
    made = print_document(code=code, subject=Subject(code, ident), customer_id=customer, by=yard.dispatcher, at=yard.at)
    content = read(made.file)
    text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    sheet = tmp_path / "sheet.pdf"
    sheet.write_bytes(content)
    subprocess.run(["pdftoppm", "-r", "200", "-gray", "-png", "-singlefile", sheet, tmp_path / "sheet"], check=True)
    return text.strip() + "\n", [found.text for found in zxingcpp.read_barcodes(Image.open(tmp_path / "sheet.png"))]


@pytest.mark.django_db
@pytest.mark.req("STK-023")
@pytest.mark.req("STK-024")
@pytest.mark.req("STK-025")
def test_what_is_printed(yard, tmp_path):
    by = {"by": yard.dispatcher, "at": yard.at}
    dispatch(purchase=yard.three, by=yard.manager, at=yard.at)
    run = actions.plan_run(warehouse=yard.warehouse, plan=plan(yard.at), **by)
    line = actions.add_line(run=run, order=yard.three.number, packs=2, **by)
    actions.add_line(run=run, order=yard.two.number, packs=2, **by)
    actions.note_short(line=line, purchase_line=yard.three.lines.get(), packs=1, **by)
    back = actions.collect_back(
        back=actions.register_back(warehouse=yard.warehouse, **GIVEN, order=yard.three.number, **by), **by
    )
    day = actions.hand_in_list(
        warehouse=yard.warehouse, day=yard.at.date(), by=yard.dispatcher, at=yard.at + timedelta(days=1)
    )
    for code, ident, customer, name, number in (
        (RUN, run.pk, None, "run.txt", "FC2600001"),
        (BACK, back.pk, yard.first.pk, "back.txt", "TH2600001"),
        (DAY, day.pk, None, "day.txt", "RB2600001"),
    ):
        text, codes = printed(yard, code, ident, customer, tmp_path)
        assert text == (GOLDEN / name).read_text(encoding="utf-8")
        assert codes == [number]
