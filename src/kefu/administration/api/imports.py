"""Spreadsheets over the API: brought, checked or written in the background, read, taken back."""

from __future__ import annotations

from base64 import b64decode
from typing import Any

from django.utils.translation import gettext as _
from ninja import Router, Status
from pydantic import Field

from kefu.foundation.api.references import reference
from kefu.foundation.api.requests import ApiRequest
from kefu.foundation.api.responses import RESPONSES
from kefu.foundation.api.rights import everyone
from kefu.foundation.api.schemas import Code, In, Line, Out
from kefu.foundation.exchange import specs
from kefu.foundation.exchange.background import bring, take_back
from kefu.foundation.exchange.choices import Mode
from kefu.foundation.exchange.models import ImportRun
from kefu.kernel.errors import Invalid
from kefu.kernel.ids import ident

router = Router(tags=["imports"])


class ImportIn(In):
    """A spreadsheet, what is in it, and whether it is only checked (`dry`), written as a whole (`commit`) or as far as it is right (`good`)."""

    kind: Code
    name: Line
    content: str = Field(max_length=11_000_000, pattern=r"^[A-Za-z0-9+/]*={0,2}$", description="the file, base64")
    mode: Mode = Mode.DRY
    update: bool = False


class ImportEndIn(In):
    """Why an import is taken back."""

    reason: Line


class ImportOut(Out):
    """An import under way or done; `result` is that of the interface."""

    id: str
    kind: str
    state: str
    refusal: str
    result: dict[str, Any]


def show(run: ImportRun) -> dict[str, object]:
    """An import as far as it has come."""
    return {
        "id": ident("imp", run.pk),
        "kind": run.spec,
        "state": run.state,
        "refusal": run.refusal,
        "result": run.result,
    }


@router.post("imports", response={201: ImportOut, **RESPONSES}, operation_id="imports_create")
@everyone
def create_import(request: ApiRequest, body: ImportIn) -> Status[object]:
    """Bring a file; it is checked or written in the background. Who may bring which kind is said by the kind."""
    try:
        content = b64decode(body.content, validate=True)
    except ValueError:
        raise Invalid.one("content", "not_base64", _("文件内容要用 base64 编码。")) from None
    run = bring(
        spec=specs.find(body.kind),
        content=content,
        name=body.name,
        mode=body.mode,
        update=body.update,
        by=request.user,
        at=request.at,
    )
    return Status(201, show(run))


@router.get("imports/{import_id}", response={200: ImportOut, **RESPONSES}, operation_id="imports_read")
@everyone
def read_import(request: ApiRequest, import_id: str) -> dict[str, object]:
    """One of one's own imports."""
    return show(_own(request, import_id))


@router.post("imports/{import_id}/undo", response={200: ImportOut, **RESPONSES}, operation_id="imports_undo")
@everyone
def undo_import(request: ApiRequest, import_id: str, body: ImportEndIn) -> dict[str, object]:
    """Take back what one of one's own imports created, in the background; rows already in use stay, each with its reason."""
    run = take_back(run=_own(request, import_id), reason=body.reason, by=request.user, at=request.at)
    return show(run)


def _own(request: ApiRequest, text: str) -> ImportRun:
    return reference(ImportRun.objects.filter(by=request.user), text, "imp")
