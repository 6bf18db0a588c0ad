"""Why a sample may be unfit, by whatever people call it."""

from __future__ import annotations

from kefu.products.models import RejectReason
from kefu.products.queries import reject_reasons


def reason_named(text: str) -> tuple[RejectReason | None, str]:
    """The listed reason with that code or name; words that are none stay words."""
    wanted = text.strip()
    for reason in reject_reasons():
        if wanted and wanted.casefold() in (reason.code.casefold(), reason.zh, reason.en.casefold()):
            return reason, ""
    return None, wanted
