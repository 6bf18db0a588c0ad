"""The page of an import: bring a file, see what is wrong, import, undo."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import cast

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kefu.foundation.access.decorators import everyone
from kefu.foundation.exchange import actions, running, specs, workbooks
from kefu.foundation.exchange.choices import Mode, State
from kefu.foundation.exchange.models import ImportRun
from kefu.foundation.exchange.sheets import MAX_BYTES, XLSX
from kefu.foundation.exchange.specs import ImportSpec
from kefu.foundation.jobs.defer import defer
from kefu.kernel.errors import Invalid, OutOfScope, Refused
from kefu.organisation.models import User

INLINE = 500
"""Up to so many rows are done while the person waits; more by a job."""
SHOWN_ERRORS = 100


@require_http_methods(["GET", "POST"])
@everyone
def upload(request: HttpRequest, spec_code: str) -> HttpResponseBase:
    """Bring a file; it is checked at once or, when long, by a job."""
    spec, user = _spec(request, spec_code), cast(User, request.user)
    if request.method == "GET":
        return _upload_page(request, spec)
    file = request.FILES.get("file")
    try:
        if file is None or (file.size or 0) > MAX_BYTES:
            raise Invalid.one("file", "required", _("请选择一个文件，最大 20 MB。"))
        run = actions.open_run(
            spec=spec,
            content=file.read(),
            name=file.name or "",
            update="update" in request.POST,
            by=user,
            at=_at(request),
        )
    except (Invalid, Refused) as error:
        return _upload_page(request, spec, error)
    _begin(run, State.CHECKING, Mode.DRY, lambda: running.check_run(run=run, at=_at(request)))
    return redirect("exchange:run", spec.code, run.pk)


def _upload_page(request: HttpRequest, spec: ImportSpec, error: Invalid | Refused | None = None) -> HttpResponse:
    runs = (
        ImportRun.objects.filter(spec=spec.code, by=cast(User, request.user))
        .defer("errors")
        .order_by("-at", "-id")[:10]
    )
    said = [str(each.message) for each in error.errors] if isinstance(error, Invalid) else [str(error)] if error else []
    context = {"spec": spec, "runs": runs, "said": said}
    return render(request, "exchange/upload.html", context, status=error.status if error else 200)


@require_GET
@everyone
def show(request: HttpRequest, spec_code: str, run_id: int) -> HttpResponse:
    """What was found, what can be done with it, what came of it."""
    spec = _spec(request, spec_code)
    run = _run(request, spec, run_id)
    left = run.rows.exclude(left="").order_by("row")[:SHOWN_ERRORS] if run.state == State.UNDONE else []
    context = {"spec": spec, "run": run, "errors": run.errors[:SHOWN_ERRORS], "left": left}
    context |= {"more": max(0, len(run.errors) - SHOWN_ERRORS), "can_undo": spec.undo is not None and run.created > 0}
    return render(request, "exchange/run.html", context)


@require_POST
@everyone
def write(request: HttpRequest, spec_code: str, run_id: int) -> HttpResponseBase:
    """Import all rows, or the good ones."""
    spec = _spec(request, spec_code)
    run = _run(request, spec, run_id)
    mode = Mode.GOOD if request.POST.get("mode") == Mode.GOOD else Mode.COMMIT
    if run.state not in (State.CHECKED, State.REFUSED):
        messages.error(request, _("这次导入已经处理过，没有重复导入。"))
    else:
        try:
            _begin(run, State.WRITING, mode, lambda: running.write_run(run=run, mode=mode, at=_at(request)))
        except Refused as refusal:
            messages.error(request, str(refusal))
    return redirect("exchange:run", spec.code, run.pk)


@require_POST
@everyone
def undo(request: HttpRequest, spec_code: str, run_id: int) -> HttpResponseBase:
    """Take an import back, with a reason."""
    spec, user = _spec(request, spec_code), cast(User, request.user)
    run = _run(request, spec, run_id)
    reason = request.POST.get("reason", "")
    try:
        if run.total > INLINE and reason.strip() and run.state == State.DONE:
            with transaction.atomic():
                ImportRun.objects.filter(pk=run.pk).update(state=State.UNDOING)
                defer(
                    "exchange.undo_import", lock=f"import-{run.pk}", run_id=run.pk, reason=reason[:200], by_id=user.pk
                )
        else:
            actions.undo_run(run=run, reason=reason, by=user, at=_at(request))
    except (Invalid, Refused) as error:
        messages.error(request, str(error))
    return redirect("exchange:run", spec.code, run.pk)


def _begin(run: ImportRun, state: State, step: Mode, here: Callable[[], object]) -> None:
    if run.total <= INLINE:
        here()
        return
    with transaction.atomic():
        ImportRun.objects.filter(pk=run.pk).update(state=state, done=0)
        defer("exchange.run_import", lock=f"import-{run.pk}", run_id=run.pk, step=str(step))


@require_GET
@everyone
def errors(request: HttpRequest, spec_code: str, run_id: int) -> HttpResponse:
    """The bad rows as a workbook."""
    run = _run(request, _spec(request, spec_code), run_id)
    return _workbook(
        workbooks.workbook(run), _("%(name)s 要改的行.xlsx") % {"name": run.name.rpartition(".")[0] or run.name}
    )


@require_GET
@everyone
def blank(request: HttpRequest, spec_code: str) -> HttpResponse:
    """The workbook to fill in."""
    spec = _spec(request, spec_code)
    return _workbook(workbooks.blank(spec), _("%(title)s导入模板.xlsx") % {"title": spec.title})


def _workbook(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=XLSX)
    response.headers["Content-Disposition"] = str(content_disposition_header(True, name))
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _spec(request: HttpRequest, code: str) -> ImportSpec:
    spec = specs.find(code)
    spec.authorise(cast(User, request.user))
    return spec


def _run(request: HttpRequest, spec: ImportSpec, run_id: int) -> ImportRun:
    """Only one's own: the file is full of personal data."""
    run = (
        ImportRun.objects.select_related("file", "by")
        .filter(pk=run_id, spec=spec.code, by=cast(User, request.user))
        .first()
    )
    if run is None:
        raise OutOfScope()
    return run


def _at(request: HttpRequest) -> datetime:
    return cast(datetime, request.at)  # type: ignore[attr-defined]
