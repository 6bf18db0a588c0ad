"""The English of the screens: complete, compiled, with the same placeholders as the Chinese, one English for one Chinese."""

from __future__ import annotations

import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest
from django.utils.translation import gettext, override, pgettext

ROOT = Path(__file__).resolve().parent.parent.parent
PLACEHOLDER = re.compile(r"%\((\w+)\)|\{(\w*)[^{}]*\}|%([a-z])|<(/?\w+)")
CHINESE = re.compile(r"[一-鿿]+|[，。；：（）！？]")
CHINESE_KEPT = {"客服", "拒收请回复"}
"""The name of the product, and the words a customer must send back."""
SAME = {"mon": "month"}
"""A date in English says the month by name."""


def _script() -> ModuleType:
    """scripts/messages.py, which is no package."""
    spec = spec_from_file_location("messages_script", ROOT / "scripts" / "messages.py")
    assert spec and spec.loader
    module = module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


messages = _script()


def _pairs() -> Iterator[tuple[str, str, str, str]]:
    """Module, context, Chinese and English of every text in the catalogues; each form of a plural is a pair."""
    for module in messages.modules():
        for entry in messages.existing(module):
            if not entry.id:
                continue
            chinese, english = ((part,) if isinstance(part, str) else tuple(part) for part in (entry.id, entry.string))
            for said in english:
                yield module.name, entry.context or "", chinese[-1], said


def _placeholders(text: str) -> Counter[str]:
    found = ("".join(groups) for groups in PLACEHOLDER.findall(text.replace("%%", "")))
    return Counter(SAME.get(name, name) for name in found)


def test_every_text_has_english_and_is_compiled(capsys: pytest.CaptureFixture[str]) -> None:
    assert messages.check() == 0, capsys.readouterr().out


def test_english_keeps_the_placeholders_and_tags() -> None:
    differing = [
        f"{module}: {chinese!r} -> {english!r}"
        for module, _context, chinese, english in _pairs()
        if english and _placeholders(chinese) != _placeholders(english)
    ]
    assert differing == []


def test_english_has_no_chinese_left() -> None:
    left = [
        f"{module}: {english!r}"
        for module, _context, _chinese, english in _pairs()
        if set(CHINESE.findall(english)) - CHINESE_KEPT
    ]
    assert left == []


def test_one_chinese_has_one_english() -> None:
    """Django joins the catalogues: of two translations only one would ever be seen. A context tells meanings apart."""
    said: dict[tuple[str, str], set[str]] = defaultdict(set)
    for module in messages.modules():
        for entry in messages.existing(module):
            if entry.id and isinstance(entry.id, str):
                said[(entry.context or "", entry.id)].add(str(entry.string))
    assert {key: words for key, words in said.items() if len(words) > 1} == {}


def test_a_context_tells_the_button_from_the_list() -> None:
    with override("en"):
        assert (gettext("预约"), pgettext("verb", "预约")) == ("Appointments", "Book")
