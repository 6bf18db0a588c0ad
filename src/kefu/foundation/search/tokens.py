"""What is stored of a text so that it can be found, and what a query asks for. Plain Python.

A stored row carries tokens: single characters and pairs of Chinese texts, beginnings of Latin words, of pinyin at every syllable and of
initials at every letter, four-character pieces of numbers, the name's beginnings marked with `^`
and whole names of two characters with `=`.
A row contains a query exactly when it carries the query's tokens and, where these are not enough, its folded text contains the query.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kefu.kernel.names import grams, normalise, read_name

WORD = 7
"""Latin words and pinyin are told apart by so many letters; what follows is compared with the text itself."""
CODE = 4
MAX_RUNS = 6
MAX_RUN = 40
LONG_TEXT = 400
"""Of a long text so many characters can be found."""

_RUN = re.compile(r"[0-9a-z]+|(?:(?![0-9a-z])[^\W_])+")


@dataclass(frozen=True)
class Document:
    """What a row keeps: its folded text and its tokens."""

    text: str
    tokens: list[str]


@dataclass(frozen=True)
class Run:
    """A stretch of a query: Chinese text, letters, or a number; `exact` says that carrying the tokens is enough."""

    text: str
    tokens: tuple[str, ...]
    exact: bool
    by_text: bool  # containing the text is the same as carrying the tokens


@dataclass(frozen=True)
class Query:
    """A parsed query; without runs it asks for nothing."""

    text: str
    runs: tuple[Run, ...]
    start: str = ""  # the token of names that begin with it
    whole: str = ""  # the token of names that are it

    @property
    def tokens(self) -> list[str]:
        """Every token a matching row carries."""
        return list(dict.fromkeys(token for run in self.runs for token in run.tokens))


def document(name: str, texts: Iterable[str]) -> Document:
    """Fold a name (read by pinyin) and any number of other texts."""
    reading = read_name(name)
    tokens = [
        *_starts(name, reading.full, reading.initials),
        *_beginnings(reading.syllables),
        *_substrings(reading.initials),
    ]
    folded = []
    for text in (name, *texts):
        runs = _runs(text[:LONG_TEXT])
        folded.append(_join(runs))
        tokens.extend(token for token in grams("".join(runs)) if not _has_ascii(token))
        tokens.extend(token for run in runs if run[0].isascii() for token in _word(run))
    folded += [reading.full, reading.initials]
    return Document("\n".join(dict.fromkeys(part for part in folded if part)), list(dict.fromkeys(tokens)))


def parse(text: str) -> Query:
    """Read what somebody typed: parts are separated by spaces and all of them must be found."""
    runs = [_run(run[:MAX_RUN]) for run in _runs(text)[:MAX_RUNS]]
    single = runs[0].text if len(runs) == 1 else ""
    short = 0 < len(single) <= (WORD if single.isascii() else 2) and not _has_digit(single)
    whole = f"={single}" if len(single) == 2 and not single.isascii() else ""
    return Query(text.strip(), tuple(runs), start=f"^{single}" if short else "", whole=whole)


def _runs(text: str) -> list[str]:
    """Stretches of ASCII letters and digits, and of everything else that is written; punctuation is dropped."""
    return [run for word in text.split() for run in _RUN.findall(normalise(word))]


def _join(runs: list[str]) -> str:
    """Neighbouring ASCII words stay apart, Chinese text closes up over spaces and punctuation."""
    joined = ""
    for run in runs:
        joined += f"\n{run}" if joined and joined[-1].isascii() and run[0].isascii() else run
    return joined


def _run(run: str) -> Run:
    if not run.isascii():
        pieces = (run,) if len(run) <= 2 else tuple(dict.fromkeys(run[at : at + 2] for at in range(len(run) - 1)))
        return Run(run, pieces, exact=len(run) <= 2, by_text=True)
    if not _has_digit(run):
        return Run(run, (run[:WORD],), exact=len(run) <= WORD, by_text=False)
    if len(run) >= CODE:
        return Run(run, tuple(dict.fromkeys(_pieces(run))), exact=len(run) == CODE, by_text=True)
    if run.isdigit():
        return Run(run, (), exact=False, by_text=True)
    return Run(run, (run,), exact=True, by_text=False)


def _word(run: str) -> Iterator[str]:
    """Tokens of an ASCII word: beginnings, and pieces where it has digits."""
    if not run.isdigit():
        yield from (run[:length] for length in range(1, min(len(run), CODE - 1 if _has_digit(run) else WORD) + 1))
    if _has_digit(run):
        yield from _pieces(run)


def _pieces(run: str) -> Iterator[str]:
    return (run[at : at + CODE] for at in range(len(run) - CODE + 1))


def _beginnings(syllables: tuple[str, ...]) -> Iterator[str]:
    for at in range(len(syllables)):
        rest = "".join(syllables[at:])
        yield from (rest[:length] for length in range(1, min(len(rest), WORD) + 1))


def _substrings(initials: str) -> Iterator[str]:
    for at in range(len(initials)):
        yield from (initials[at : at + length] for length in range(1, min(len(initials) - at, WORD) + 1))


def _starts(name: str, full: str, initials: str) -> Iterator[str]:
    plain = "".join(_runs(name))
    if len(plain) == 2 and not _has_ascii(plain):
        yield f"={plain}"
    yield from (f"^{plain[:length]}" for length in range(1, min(len(plain), 2) + 1) if not _has_ascii(plain[:length]))
    for letters in (full, initials):
        yield from (f"^{letters[:length]}" for length in range(1, min(len(letters), WORD) + 1))


def _has_digit(run: str) -> bool:
    return any(character in "0123456789" for character in run)


def _has_ascii(text: str) -> bool:
    return any(character.isascii() for character in text)
