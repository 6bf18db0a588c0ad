"""Every component is one template with declared inputs, shown on /ui/, without inline style or script."""

import re
from pathlib import Path

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory

from kefu.foundation.ui.icons import drawings
from kefu.foundation.ui.rules import TONES
from kefu.foundation.ui.templatetags.ui import icon

UI = Path(__file__).resolve().parent.parent
PACKAGE = UI.parent.parent
TEMPLATES = sorted(PACKAGE.rglob("templates/**/*.html"))
COMPONENTS = sorted((UI / "templates" / "ui").glob("*.html"))
SHELLS = {"base.html", "components.html", "document.html", "label.html", "plain.html", "print.html", "field_notes.html",
          "picker_options.html", "errors.html"}  # fmt: skip


@pytest.fixture
def page(cast, login):
    answer = login(cast.manager).get("/ui/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_component_page_names_every_component(page):
    shown = set(re.findall(r"ui/(\w+)\.html", page)) | {"verb", "card", "errors"}
    assert {path.stem for path in COMPONENTS if path.name not in SHELLS} - shown == set()


def test_every_component_declares_its_inputs():
    silent = [path.name for path in COMPONENTS if "{% comment %}" not in path.read_text(encoding="utf-8")[:200]]
    assert silent == ["components.html"]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_template_carries_style_or_script_that_the_policy_forbids(path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"<[^>%]*\sstyle=", text), "inline style"
    on_paper = "print" in path.parts  # sheets become PDF files and never meet a browser
    assert on_paper or not re.search(r"<style\b", text), "style element"
    assert not re.search(r"<[^>%]*\son[a-z]+=", text), "inline handler"
    assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>", text), "inline script"


def test_every_icon_named_in_a_template_exists():
    named = {name for path in TEMPLATES for name in re.findall(r'{% icon "([\w-]+)"', path.read_text(encoding="utf-8"))}
    assert named - drawings().keys() == set()


def test_every_icon_named_with_a_tone_exists():
    named = re.compile(rf'\("(?:{"|".join(TONES)})", "([a-z0-9-]+)"[,)]')
    sources = (path for path in PACKAGE.rglob("*.py") if not {"tests", "migrations"} & set(path.parts))
    found = {name for path in sources for name in named.findall(path.read_text(encoding="utf-8"))}
    assert found
    assert found - drawings().keys() - set(TONES) == set()


def test_an_icon_nobody_drew_becomes_a_point():
    assert icon("no-such-icon") == icon("point")


def test_an_icon_is_silent_unless_it_has_a_label():
    assert 'aria-hidden="true"' in icon("bell")
    assert 'role="img" aria-label="通知"' in icon("bell", label="通知")


def test_behaviours_stay_small():
    long = {path.name: n for path in (UI / "static/ui/js").glob("*.js") if (n := path.read_text().count("\n")) >= 60}
    assert long == {}


def test_the_frame_renders_with_nothing_in_it():
    html = render_to_string("ui/base.html", {"frame": {}}, RequestFactory().get("/"))
    assert 'id="main"' in html


@pytest.mark.parametrize("name", ["400.html", "500.html"])
def test_the_last_resort_pages_need_nothing(name):
    assert "<h1>" in render_to_string(name)


def test_a_masked_value_hides_its_plain_form():
    html = render_to_string("ui/masked.html", {"value": "138 **** 6021", "label": "手机号", "url": "/reveal/"})
    assert "138 **** 6021" in html
    assert 'hx-post="/reveal/"' in html


def test_what_people_wrote_is_escaped():
    html = render_to_string("ui/customer.html", {"customer": {"name": "<b>x</b>", "url": "/c/1/", "age": None}})
    assert "&lt;b&gt;x&lt;/b&gt;" in html
