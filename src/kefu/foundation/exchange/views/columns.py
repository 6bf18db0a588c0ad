"""Saying what the columns of a file are, and what was said before under a name."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kefu.foundation.access.decorators import everyone
from kefu.foundation.exchange import actions, layouts, mappings, running
from kefu.foundation.exchange.choices import Mode, State
from kefu.foundation.exchange.models import ImportRun, SavedMapping
from kefu.foundation.exchange.specs import ImportSpec
from kefu.foundation.exchange.views.finding import at_of, begin, person, run_of, sayings, spec_of
from kefu.foundation.files import storage
from kefu.kernel.errors import Invalid, KefuError, OutOfScope, Refused

HIGHEST = 30


@require_http_methods(["GET", "POST"])
@everyone
def columns(request: HttpRequest, spec_code: str, run_id: int) -> HttpResponseBase:
    """Which column of the file is which; kept under a name if wanted. Then the file is checked."""
    spec = spec_of(request, spec_code)
    run = run_of(request, spec, run_id)
    if not run.assignable:
        return redirect("exchange:run", spec.code, run.pk)
    try:
        content = storage.read(run.file)
    except FileNotFoundError as gone:
        raise OutOfScope() from gone
    chosen = _chosen(request, spec, run)
    layout = layouts.lay_out(content, spec, chosen.columns if chosen else run.mapping, _row(request))
    if request.method == "GET":
        return _page(request, spec, run, layout, chosen)
    keys = [request.POST.get(f"column-{place}", "") for place in range(len(layout.columns))]
    try:
        mapping = _checked(spec, layout, keys)
        run = actions.assign_columns(run=run, mapping=mapping, by=person(request), at=at_of(request))
        if "keep" in request.POST:
            mappings.save_mapping(
                spec=spec, name=request.POST.get("name", ""), columns=mapping, shared="shared" in request.POST,
                by=person(request), at=at_of(request),
            )  # fmt: skip
    except (Invalid, Refused) as error:
        return _page(request, spec, run, layout, chosen, error, keys)
    begin(run, State.CHECKING, Mode.DRY, lambda: running.check_run(run=run, at=at_of(request)))
    return redirect("exchange:run", spec.code, run.pk)


def _chosen(request: HttpRequest, spec: ImportSpec, run: ImportRun) -> SavedMapping | None:
    """The saved mapping the page begins with: the one asked for, else the one that was proposed."""
    offered = mappings.offered(spec, person(request))
    asked = request.GET.get("mapping", "")
    if asked:
        return next((one for one in offered if str(one.pk) == asked), None)
    return next((one for one in offered if run.mapping and one.columns == run.mapping), None)


def _row(request: HttpRequest) -> int | None:
    asked = request.POST.get("row") or request.GET.get("row", "")
    return int(asked) if asked.isdecimal() and 0 < int(asked[:3]) <= HIGHEST else None


def _checked(spec: ImportSpec, layout: layouts.Layout, keys: list[str]) -> dict[str, str]:
    """The mapping that was chosen. Raises Invalid on `file` when a column of the import is chosen twice or a required one not at all."""
    known = {column.key for column in spec.columns}
    keys = [key if key in known else "" for key in keys]
    wrong = [
        _("“%(name)s”只能选一列。") % {"name": spec.name_of(key)}
        for key in dict.fromkeys(keys)
        if key and keys.count(key) > 1
    ]
    wrong += [
        _("还没有说哪一列是“%(name)s”。") % {"name": column.name}
        for column in spec.columns
        if column.required and column.key not in keys
    ]
    if wrong:
        raise Invalid.one("file", "columns", "".join(wrong))
    return layout.mapping(keys)


def _page(
    request: HttpRequest,
    spec: ImportSpec,
    run: ImportRun,
    layout: layouts.Layout,
    chosen: SavedMapping | None,
    error: KefuError | None = None,
    keys: list[str] | None = None,
) -> HttpResponse:
    picked = keys if keys is not None else [column.key for column in layout.columns]
    context = {
        "spec": spec, "run": run, "layout": layout, "chosen": chosen, "said": sayings(error) if error else [],
        "lines": list(zip(layout.columns, picked, strict=True)), "rows": range(1, HIGHEST + 1), "keep": "keep" in request.POST,
        "name": request.POST.get("name", chosen.name if chosen else ""), "shared": "shared" in request.POST or bool(chosen and chosen.shared),
        "offered": mappings.offered(spec, person(request)),
    }  # fmt: skip
    return render(request, "exchange/columns.html", context, status=error.status if error else 200)


@require_POST
@everyone
def rename(request: HttpRequest, spec_code: str, mapping_id: int) -> HttpResponseBase:
    """Call a saved mapping differently."""
    spec = spec_of(request, spec_code)
    try:
        mappings.rename_mapping(
            mapping=_mine(request, spec, mapping_id),
            name=request.POST.get("name", ""),
            by=person(request),
            at=at_of(request),
        )
        messages.success(request, _("已改名"))
    except Invalid as error:
        messages.error(request, "".join(sayings(error)))
    return redirect("exchange:upload", spec.code)


@require_POST
@everyone
def remove(request: HttpRequest, spec_code: str, mapping_id: int) -> HttpResponseBase:
    """Forget a saved mapping."""
    spec = spec_of(request, spec_code)
    mappings.remove_mapping(mapping=_mine(request, spec, mapping_id), by=person(request), at=at_of(request))
    messages.success(request, _("已删除这个对应，导入过的不变"))
    return redirect("exchange:upload", spec.code)


def _mine(request: HttpRequest, spec: ImportSpec, mapping_id: int) -> SavedMapping:
    found = SavedMapping.objects.filter(pk=mapping_id, spec=spec.code, by=person(request)).first()
    if found is None:
        raise OutOfScope()
    return found
