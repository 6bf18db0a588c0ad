"""No Chinese reaches a screen without having been marked for translation."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src" / "kefu"
CHINESE = re.compile(r"[一-鿿]")
MARKERS = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy", "npgettext"}
DATA = {
    "what customers, spreadsheets, laboratories and clerks write": {
        "customers/details.py", "customers/exchange/imports.py", "foundation/exchange/cells.py", "foundation/exchange/headers.py",
        "foundation/exchange/workbooks.py", "lab/hl7/people.py", "lab/queries/desk.py", "messaging/actions/templates.py", "people/exchange/institutions.py",
        "people/exchange/staff.py", "products/exchange.py", "products/rules/guides.py", "requisitions/exchange.py", "stock/climate_exchange.py",
    },
    "names, calendars and telephone numbers of the language itself": {"kernel/lunar.py", "kernel/phones.py", "kernel/surnames.py"},
    "what customers read, who get Chinese": {
        "appointments/actions/request_telling.py", "followup/push_forms.py", "lab/actions/messages_out.py", "messaging/actions/trying.py", "messaging/composing.py", "messaging/limits.py", "messaging/rules.py",
    },
    "names and reasons that are stored, and have their English beside them or are edited on screen": {
        "administration/actions/installation.py", "products/actions/goods.py", "questionnaires/actions/versions.py", "stock/actions/transferring.py", "stock/views/warehouses.py",
    },
    "what stands in place of an erased person's name and of words about him or her": {"customers/erasing.py"},
    "the name of the language in the language": {"config/settings.py"},
}  # fmt: skip
EXAMPLES = {
    "config/demo",
    "foundation/ui/showcase.py",
    "foundation/ui/templates/ui/showcase",
    "lab/testing.py",
    "lab/testing_results.py",
    "dispatch/testing.py",
    "requisitions/testing.py",
    "purchasing/testing.py",
    "stock/testing.py",
    "testing/",
}
"""People and goods of the demo, the component page and the tests."""
LOGO = ("中文", "切换到中文", '<i aria-hidden="true">客</i>')
"""The name of the language, and the mark of the product."""
PLAIN = {"400.html", "500.html"}
"""Shown when nothing works any more, the choice of a language least of all: they say it in both."""
TAGS = re.compile(
    r"\{%\s*comment.*?endcomment\s*%\}|\{#.*?#\}|\{%\s*blocktrans(?:late)?\b.*?endblocktrans(?:late)?\s*%\}|\{%\s*trans(?:late)?\b[^%]*%\}"
    r"|\b_\(\"[^\"]*\"\)",
    re.DOTALL,
)
"""Comments and marked texts of a template."""


def unmarked(source: str) -> Iterator[str]:
    """Chinese strings of a Python file that are neither marked nor the word of a docstring."""
    tree = ast.parse(source)
    known: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in MARKERS:
            known |= {id(inner) for argument in node.args for inner in ast.walk(argument)}
        if isinstance(node, ast.Expr):
            known.add(id(node.value))
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in known
            and CHINESE.search(node.value)
        ):
            yield node.value


def untagged(source: str) -> list[str]:
    """Lines of a template with Chinese outside comments and marked texts."""
    for mark in sorted(LOGO, key=len, reverse=True):
        source = source.replace(mark, "")
    return [line.strip() for line in TAGS.sub("", source).splitlines() if CHINESE.search(line)]


def _ours(suffix: str, folder: str = "") -> Iterator[tuple[str, str]]:
    for path in SOURCE.rglob(f"*{suffix}"):
        name = path.relative_to(SOURCE).as_posix()
        example = any(name.startswith(one) for one in EXAMPLES) or {"tests", "migrations"} & set(path.parts)
        if not example and folder in ("", *path.parts):
            yield name, path.read_text(encoding="utf-8")


def test_python_says_nothing_unmarked() -> None:
    data = set().union(*DATA.values())
    found = {name: list(unmarked(source)) for name, source in _ours(".py")}
    assert {name: words for name, words in found.items() if words and name not in data} == {}
    assert {name for name in data if not found.get(name)} == set(), "no Chinese there any more: take it off the list"


def test_templates_say_nothing_unmarked() -> None:
    """Prints are papers of the centre, in Chinese whoever prints them."""
    found = {name: untagged(source) for name, source in _ours(".html", "templates") if "/print/" not in name}
    assert {name: lines for name, lines in found.items() if lines and Path(name).name not in PLAIN} == {}


def test_scripts_say_nothing_themselves() -> None:
    assert {
        name for name, source in _ours(".js", "static") if CHINESE.search(re.sub(r"//.*|/\*.*?\*/", "", source))
    } == set()


@pytest.mark.parametrize(
    "line", ['say("保存")', 'title = f"{name}的档案"', 'WORDS = {"a": "好"}', 'raise Refused("x", "不行")']
)
def test_a_planted_text_is_found_in_python(line: str) -> None:
    assert list(unmarked(line))
    assert not list(unmarked('say(_("保存"))\n"""说明"""'))


@pytest.mark.parametrize(
    "line", ["<b>保存</b>", '<a title="打开">', '{% include "x" with label="保存" %}', '{{ name|default:"无" }}']
)
def test_a_planted_text_is_found_in_a_template(line: str) -> None:
    assert untagged(line)
    assert not untagged(
        '{% translate "保存" as save %}{# 说明 #}{{ name|default:_("无") }}{% blocktranslate %}保存{% endblocktranslate %}'
    )
