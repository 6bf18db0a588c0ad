"""The page of an import: bring a file, see what is wrong, import, undo."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kefu.foundation.access.decorators import everyone
from kefu.foundation.exchange import actions, layouts, mappings, running, undoing, workbooks
from kefu.foundation.exchange.choices import Did, Mode, State
from kefu.foundation.exchange.models import ImportedRow, ImportRun
from kefu.foundation.exchange.sheets import MAX_BYTES, XLSX
from kefu.foundation.exchange.specs import ImportSpec
from kefu.foundation.exchange.views import finding
from kefu.foundation.exchange.views.finding import at_of, begin, person, run_of, sayings, spec_of
from kefu.foundation.jobs.defer import defer
from kefu.kernel.errors import Invalid, Refused

PAGE = 50
LEFT = "left"


@dataclass(frozen=True)
class Option:
    """A choice of the filter over the rows."""

    label: str
    url: str
    pressed: bool
    count: int | None = None


@require_http_methods(["GET", "POST"])
@everyone
def upload(request: HttpRequest, spec_code: str) -> HttpResponseBase:
    """Bring a file; it is checked at once or, when long, by a job. One whose titles are not understood has its columns assigned first."""
    spec, user = spec_of(request, spec_code), person(request)
    if request.method == "GET":
        return _upload_page(request, spec)
    file = request.FILES.get("file")
    try:
        if file is None or (file.size or 0) > MAX_BYTES:
            raise Invalid.one("file", "required", _("请选择一个文件，最大 20 MB。"))
        content = file.read()
        saved = layouts.fitting(content, mappings.offered(spec, user))
        run = actions.open_run(
            spec=spec,
            content=content,
            name=file.name or "",
            update="update" in request.POST,
            mapping=saved.columns if saved else None,
            to_assign=True,
            by=user,
            at=at_of(request),
        )
    except (Invalid, Refused) as error:
        return _upload_page(request, spec, error)
    if saved or not run.total:
        return redirect("exchange:columns", spec.code, run.pk)
    begin(run, State.CHECKING, Mode.DRY, lambda: running.check_run(run=run, at=at_of(request)))
    return redirect("exchange:run", spec.code, run.pk)


def _upload_page(request: HttpRequest, spec: ImportSpec, error: Invalid | Refused | None = None) -> HttpResponse:
    user = person(request)
    runs = ImportRun.objects.filter(spec=spec.code, by=user).order_by("-at", "-id")[:10]
    context = {"spec": spec, "runs": runs, "said": sayings(error) if error else [], "user_id": user.pk}
    context["mappings"] = mappings.offered(spec, user)
    return render(request, "exchange/upload.html", context, status=error.status if error else 200)


@require_GET
@everyone
def show(request: HttpRequest, spec_code: str, run_id: int) -> HttpResponse:
    """What was found, what can be done with it, what came of it; row by row."""
    spec = spec_of(request, spec_code)
    run = run_of(request, spec, run_id)
    if run.state == State.OPEN and not run.total:
        return redirect("exchange:columns", spec.code, run.pk)
    context: dict[str, object] = {"spec": spec, "run": run, "can_undo": spec.undo is not None and run.created > 0}
    if not run.working:
        context |= _rows(request, spec, run)
    return render(request, "exchange/run.html", context)


def _rows(request: HttpRequest, spec: ImportSpec, run: ImportRun) -> dict[str, object]:
    """A page of rows, those that are wrong unless somebody asks for others."""
    asked = request.GET.get("rows") or (LEFT if run.state == State.UNDONE else Did.BAD if run.bad else "all")
    after = request.GET.get("after", "")
    rows = list(
        _asked(run, asked).filter(row__gt=int(after) if after.isdecimal() and len(after) < 9 else 0)[: PAGE + 1]
    )
    if spec.page and run.state in (State.DONE, State.UNDONE):
        for row in rows:
            row.url = spec.page(row.subject_id) if row.subject_id and not row.undone else ""  # type: ignore[attr-defined]
    written = run.state in (State.DONE, State.UNDONE)
    counts = {
        Did.BAD: (_("有错"), run.bad),
        Did.CREATED: (_("新增"), run.created if written else run.would_create),
        Did.UPDATED: (_("更新"), run.updated if written else run.would_update),
    }
    options = [Option(_("全部"), "?rows=all", asked == "all", run.total)]
    options += [Option(label, f"?rows={did}", asked == did, count) for did, (label, count) in counts.items()]
    if run.state == State.UNDONE:
        options.append(Option(_("没有撤回"), f"?rows={LEFT}", asked == LEFT, run.created - run.undone))
    shown = rows[:PAGE]
    return {
        "keyset": {"rows": shown, "next": str(shown[-1].row) if len(rows) > PAGE else ""},
        "options": options,
        "bad_status": {"tone": "late", "icon": "alert-triangle", "word": _("有错")},
    }


def _asked(run: ImportRun, asked: str) -> QuerySet[ImportedRow]:
    rows = run.rows.order_by("row")
    if asked == LEFT:
        return rows.exclude(left="")
    return rows.filter(did=asked) if asked in Did.values else rows


@require_POST
@everyone
def write(request: HttpRequest, spec_code: str, run_id: int) -> HttpResponseBase:
    """Import all rows, or the good ones."""
    spec = spec_of(request, spec_code)
    run = run_of(request, spec, run_id)
    mode = Mode.GOOD if request.POST.get("mode") == Mode.GOOD else Mode.COMMIT
    if run.state not in (State.CHECKED, State.REFUSED):
        messages.error(request, _("这次导入已经处理过，没有重复导入。"))
    else:
        try:
            begin(run, State.WRITING, mode, lambda: running.write_run(run=run, mode=mode, at=at_of(request)))
        except Refused as refusal:
            messages.error(request, str(refusal))
    return redirect("exchange:run", spec.code, run.pk)


@require_POST
@everyone
def undo(request: HttpRequest, spec_code: str, run_id: int) -> HttpResponseBase:
    """Take an import back, with a reason; a long one by a job."""
    spec, user = spec_of(request, spec_code), person(request)
    run, reason, at = run_of(request, spec, run_id), request.POST.get("reason", ""), at_of(request)
    try:
        with transaction.atomic():
            run = undoing.begin_undo(run=run, reason=reason, by=user, at=at)
            if run.created > finding.INLINE:
                defer("exchange.undo_import", lock=f"import-{run.pk}", run_id=run.pk, by_id=user.pk)
        if run.created <= finding.INLINE:
            undoing.go_on_undoing(run=run, by=user, at=at)
    except (Invalid, Refused) as error:
        messages.error(request, "".join(sayings(error)))
    return redirect("exchange:run", spec.code, run.pk)


@require_GET
@everyone
def errors(request: HttpRequest, spec_code: str, run_id: int) -> HttpResponse:
    """The bad rows as a workbook."""
    run = run_of(request, spec_of(request, spec_code), run_id)
    return _workbook(
        workbooks.workbook(run), _("%(name)s 要改的行.xlsx") % {"name": run.name.rpartition(".")[0] or run.name}
    )


@require_GET
@everyone
def blank(request: HttpRequest, spec_code: str) -> HttpResponse:
    """The workbook to fill in."""
    spec = spec_of(request, spec_code)
    return _workbook(workbooks.blank(spec), _("%(title)s导入模板.xlsx") % {"title": spec.title})


def _workbook(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=XLSX)
    response.headers["Content-Disposition"] = str(content_disposition_header(True, name))
    response.headers["Cache-Control"] = "private, no-store"
    return response
