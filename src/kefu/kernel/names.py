"""Names as they are searched: normalised text, its grams, and pinyin that knows how surnames are read."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from kefu.kernel.surnames import DOUBLE, SINGLE

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp", "Zs"})
_LETTERS = re.compile(r"[0-9a-z]+")


@dataclass(frozen=True)
class Reading:
    """How a text is read: one syllable per hanzi, one entry per foreign word; ü is written v, as it is typed."""

    syllables: tuple[str, ...]

    @property
    def full(self) -> str:
        """All syllables run together: `shanxiongxin`."""
        return "".join(self.syllables)

    @property
    def initials(self) -> str:
        """The first letter of each syllable: `sxx`."""
        return "".join(syllable[0] for syllable in self.syllables)


def normalise(text: str) -> str:
    """The form in which texts are compared: NFKC, lower case, without spaces and invisible characters.

    Normalising twice changes nothing.
    """
    lowered = unicodedata.normalize("NFKC", text).lower()
    visible = "".join(character for character in lowered if unicodedata.category(character) not in _HIDDEN)
    return unicodedata.normalize("NFKC", visible)


def grams(text: str) -> list[str]:
    """The distinct single characters and neighbouring pairs of the normalised text, in order of appearance.

    A text contains a query of one or two characters exactly when its grams contain that query (CUS-005).
    """
    plain = normalise(text)
    pairs = (plain[position : position + 2] for position in range(len(plain) - 1))
    return list(dict.fromkeys([*plain, *pairs]))


def surname(name: str) -> str:
    """The surname of a Chinese name, written without a space: `surname("欧阳明珠") == "欧阳"`."""
    return name[:2] if name[:2] in DOUBLE and len(name) > 2 else name[:1]


def read_text(text: str) -> Reading:
    """The pinyin of any text, such as a product or a place."""
    return Reading(tuple(_syllables(normalise(text))))


def read_name(name: str) -> Reading:
    """The pinyin of a person's name: surname by the surname table, the rest by dictionary.

    `read_name("单雄信").full == "shanxiongxin"`, `read_name("尉迟恭").initials == "ycg"`.
    """
    plain = normalise(name)
    if plain[:2] in DOUBLE and len(plain) > 2:
        return Reading((*DOUBLE[plain[:2]], *_syllables(plain[2:])))
    if plain[:1] in SINGLE:
        return Reading((SINGLE[plain[:1]], *_syllables(plain[1:])))
    return Reading(tuple(_syllables(plain)))


def _syllables(plain: str) -> list[str]:
    """Syllables by pypinyin, whose dictionaries take a tenth of a second to load and so wait for first use."""
    if not plain:
        return []
    from pypinyin import lazy_pinyin

    return [word for chunk in lazy_pinyin(plain) for word in _LETTERS.findall(chunk.lower())]
