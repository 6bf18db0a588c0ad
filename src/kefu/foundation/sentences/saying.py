"""Declaring sentences, saying them with values, and speaking what was kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from kefu.foundation.sentences.values import Kept, Named, keep, spoken


@dataclass(frozen=True)
class Said:
    """A sentence with its values, or plain words; `str()` speaks it in the active language.

    `said` is the sentence's code, or the words themselves; `values` are already in the form in which they are kept.
    """

    said: str
    values: Mapping[str, Kept] = field(default_factory=dict)

    def __str__(self) -> str:
        return speak(self.said, self.values)

    @property
    def kept(self) -> Kept:
        """As one entry of a list in JSON: plain words, or code and values."""
        return {"said": self.said, "values": dict(self.values)} if self.said in _words else self.said


@dataclass(frozen=True)
class Sentence:
    """Words of the program under a code, with places `%(name)s`. Called with values it is said."""

    code: str

    def __str__(self) -> str:
        return speak(self.code)

    def __call__(self, **values: object) -> Said:
        return Said(self.code, {name: _kept(value) for name, value in values.items()})


_words: dict[str, object] = {}


def sentence(code: str, words: object) -> Sentence:
    """Declare a sentence: a code for ever, `area.thing.said`, and its translatable words. Raises ValueError for a code twice."""
    if code in _words:
        raise ValueError(f"the sentence {code!r} is declared twice")
    _words[code] = words
    return Sentence(code)


def plain(words: str) -> Said:
    """Words that are nobody's translation: what a person typed, a number, a name."""
    return Said(words)


NAME = sentence("name", "%(name)s")


def named(row: Named) -> Said:
    """The name of a row of configuration, alone."""
    return NAME(name=row)


def say(what: Said | Sentence) -> Said:
    """A sentence without values, or what was said already."""
    return what() if isinstance(what, Sentence) else what


def speak(said: str, values: Mapping[str, Kept] | None = None) -> str:
    """A code with its values in the reader's language; anything that is no code speaks for itself."""
    words = _words.get(said)
    if words is None:
        return said
    filled = {name: speak_kept(value) for name, value in (values or {}).items()}
    return str(words) % defaultdict(str, filled)


def keep_all(lines: Iterable[str | Said | Sentence]) -> list[Kept]:
    """Lines as a list in JSON."""
    return [line if isinstance(line, str) else say(line).kept for line in lines]


def speak_kept(kept: Kept) -> str:
    """An entry of such a list, or a value, in the reader's language."""
    if isinstance(kept, list):
        return _("、").join(speak_kept(part) for part in kept)
    if isinstance(kept, dict) and "said" in kept:
        return speak(kept["said"], kept.get("values"))
    return spoken(kept)


def _kept(value: object) -> Kept:
    if isinstance(value, Sentence | Said):
        return say(value).kept
    if isinstance(value, list | tuple):
        return [_kept(part) for part in value]
    return keep(value)
