"""From a document and its subject to HTML, and to the hash that tells one version from the next."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from kefu.foundation.printing.registry import Document

LANGUAGE = "zh-hans"


@dataclass(frozen=True)
class Header:
    """Head and foot of a document. The last five say who printed it when, and do not count as content."""

    title: str
    number: str = ""
    node: str = ""
    customer: str = ""
    at: date | datetime | None = None
    signatures: Sequence[object] = ()
    demo: bool = field(default_factory=lambda: not settings.PRODUCTION)
    version: int = 0
    copy_label: str = ""
    printed_by: str = ""
    printed_at: datetime | None = None


@dataclass(frozen=True)
class Draft:
    """A document's content, gathered once and rendered twice: to tell its version, and with the printer's name."""

    document: Document
    context: Mapping[str, object]
    header: Header
    content_hash: str

    def html(self, *, version: int, copy_label: str, printed_by: str, printed_at: datetime) -> str:
        """The document as it is printed."""
        header = replace(
            self.header, version=version, copy_label=copy_label, printed_by=printed_by, printed_at=printed_at
        )
        return _render(self.document, self.context, header)


def draft(document: Document, subject_id: int) -> Draft:
    """Gather what the document shows now."""
    with translation.override(LANGUAGE):
        context = document.context(subject_id)
        given = {name: context[name] for name in ("number", "node", "customer", "at", "signatures") if name in context}
        given |= {name: str(given[name] or "") for name in ("number", "node", "customer") if name in given}
        header = Header(title=str(document.title), **given)  # type: ignore[arg-type]
        neutral = _render(document, context, header)
    return Draft(document, context, header, hashlib.sha256(f"{document.size}\n{neutral}".encode()).hexdigest())


def _render(document: Document, context: Mapping[str, object], header: Header) -> str:
    with translation.override(LANGUAGE):
        return render_to_string(document.template, {**context, "header": header})
