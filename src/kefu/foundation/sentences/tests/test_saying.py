"""A sentence is kept by code and values, and read by everybody in his or her own language."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from kefu.foundation.audit.choices import Kind
from kefu.foundation.sentences.saying import Said, keep_all, named, plain, say, sentence, speak, speak_kept


@dataclass
class Centre:
    """A row with a name in both languages."""

    zh: str
    en: str


READ = sentence("story.read", "%(who)s %(kind)s %(where)s")
WHERE = sentence("story.where", "@%(where)s")
BARE = sentence("story.bare", _("导出"))


class Elsewhere(models.TextChoices):
    """A list that is in no module's choices.py."""

    HERE = "here"


def both(said: Said) -> tuple[str, str]:
    with override("zh-hans"):
        chinese = str(said)
    with override("en"):
        return chinese, str(said)


def test_choices_and_names_are_read_in_the_readers_language() -> None:
    said = READ(who="沈知夏", kind=Kind.PRINT, where=Centre("北京朝阳中心", "Beijing Chaoyang centre"))
    assert both(said) == ("沈知夏 打印 北京朝阳中心", "沈知夏 Print Beijing Chaoyang centre")
    assert said.values["kind"] == {"choice": "foundation.audit.Kind", "value": "print"}


def test_what_is_kept_says_nothing_in_the_writers_language() -> None:
    with override("en"):
        english = READ(who=None, kind=Kind.PRINT, where=[BARE, WHERE(where=Centre("上海", ""))])
    with override("zh-hans"):
        chinese = READ(who=None, kind=Kind.PRINT, where=[BARE, WHERE(where=Centre("上海", ""))])
    assert english == chinese
    assert both(english) == (" 打印 导出、@上海", " Print Export, @上海")


def test_days_and_numbers() -> None:
    said = READ(who=3, kind=Decimal("1.50"), where=date(2026, 12, 9))
    assert both(said) == ("3 1.50 12月9日", "3 1.50 9 Dec")


def test_lines_of_a_list_are_sentences_or_typed_words() -> None:
    kept = keep_all(["客户说稍后", BARE, plain("HA2600001"), named(Centre("东", "East"))])
    assert kept == [
        "客户说稍后",
        {"said": "story.bare", "values": {}},
        "HA2600001",
        {"said": "name", "values": {"name": {"names": {"zh-hans": "东", "en": "East"}}}},
    ]
    with override("en"):
        assert [speak_kept(line) for line in kept] == ["客户说稍后", "Export", "HA2600001", "East"]


def test_words_that_are_no_code_speak_for_themselves() -> None:
    assert speak("改约到下周") == "改约到下周"
    assert speak("100 % 满意", {}) == "100 % 满意"
    assert str(say(BARE)) == str(BARE) == "导出"


def test_a_value_that_was_not_kept_is_left_out() -> None:
    assert speak("story.where", {}) == "@"
    assert speak_kept({"choice": "foundation.audit.Kind", "value": "gone"}) == "gone"
    assert speak_kept({"choice": "foundation.audit.Gone", "value": "x"}) == "x"
    assert speak_kept({"choice": "gone.Kind", "value": "x"}) == "x"


def test_a_translation_is_no_value() -> None:
    with pytest.raises(TypeError, match="writer's language"):
        READ(who=_("导出"), kind="", where="")
    with pytest.raises(TypeError, match="closed list"):
        READ(who=Elsewhere.HERE, kind="", where="")


def test_a_code_is_declared_once() -> None:
    with pytest.raises(ValueError, match="declared twice"):
        sentence("story.read", "again")
