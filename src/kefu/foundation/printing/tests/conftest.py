"""An order sheet and a kit label to print, and tools to read what came out."""

import io
import shutil
import subprocess

import pytest
from pypdf import PdfReader

from kefu.foundation.files import policies, storage
from kefu.foundation.printing import documents, registry

SHEET = """{% extends "printing/base_a4.html" %}{% block content %}<table><thead><tr><th>项目</th><th class="num">价格</th></tr></thead>
{% for name, price in lines %}<tr><td>{{ name }}</td><td class="num">¥{{ price }}</td></tr>{% endfor %}</table>{% endblock %}"""
LABEL = """{% extends "printing/base_label.html" %}{% load printing %}{% block content %}<p>{{ name }}</p>{% qr url width=12 %}{% endblock %}"""


@pytest.fixture
def order(settings, monkeypatch):
    """The facts of an order, changed by the stories; printed as test.sheet and test.label."""
    templates = {"tests/sheet.html": SHEET, "tests/label.html": LABEL}
    engines = [dict(engine, OPTIONS=dict(engine["OPTIONS"])) for engine in settings.TEMPLATES]
    loaders = engines[0]["OPTIONS"]["loaders"]
    engines[0]["OPTIONS"]["loaders"] = [("django.template.loaders.locmem.Loader", templates), *loaders]
    settings.TEMPLATES = engines
    monkeypatch.setattr(registry, "_documents", {})
    monkeypatch.setattr(policies, "_policies", {})
    facts = {
        "number": "BJ-20261123-0007", "node": "北京朝阳中心", "customer": "欧阳喆", "signatures": ["客户签字", "日期"],
        "lines": [("25-羟维生素 D", "350.00"), ("食物不耐受", "5,000.00")], "name": "欧阳喆 女 52",
        "url": "https://kefu.example/k/7",
    }  # fmt: skip
    documents.register("test.sheet", "检验申请单", "tests/sheet.html", context=lambda _id: facts)
    documents.register("test.label", "采样盒", "tests/label.html", "label", context=lambda _id: facts)
    policies.register_policy("test.order", lambda user, _id: user.node.code == "BJ")
    return facts


def text_of(made):
    """The text of a PDF, as a reader would copy it."""
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(storage.read(made.file))).pages)


def scanned(made, tmp_path, page=1):
    """What a scanner reads from a printed page."""
    for tool in ("pdftoppm", "zbarimg"):
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not installed")
    pdf = tmp_path / "made.pdf"
    pdf.write_bytes(storage.read(made.file))
    subprocess.run(
        ["pdftoppm", "-r", "300", "-f", str(page), "-l", str(page), "-png", pdf, tmp_path / "page"], check=True
    )
    (image,) = tmp_path.glob("page*.png")
    found = subprocess.run(["zbarimg", "-q", image], check=True, capture_output=True, text=True)
    return sorted(found.stdout.split())
