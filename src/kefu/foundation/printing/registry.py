"""The documents that modules can print."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Size = Literal["A4", "label"]
Context = Callable[[int], dict[str, object]]


@dataclass(frozen=True)
class Document:
    """What a document is called, looks like and shows. `context(subject_id)` depends on the subject alone."""

    code: str
    title: object
    template: str
    size: Size
    context: Context


_documents: dict[str, Document] = {}


def register(code: str, title: object, template: str, size: Size = "A4", *, context: Context) -> Document:
    """Declare a document; modules do so in their `documents.py`. The same code again replaces it."""
    _documents[code] = Document(code, title, template, size, context)
    return _documents[code]


def find(code: str) -> Document:
    """The document of that code. KeyError for one nobody registered: a programming error."""
    return _documents[code]


def registered() -> list[Document]:
    """All documents by code."""
    return [_documents[code] for code in sorted(_documents)]
