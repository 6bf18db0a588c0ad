"""Moving customers to another place in bulk: chosen, looked through, started, followed, reported, taken back (ORG-013)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kefu.administration.permissions import AdministrationPermission
from kefu.customers.actions.move_export import export_move
from kefu.customers.actions.moves import discard_move, prepare_move, start_move
from kefu.customers.actions.moving_back import undo_move
from kefu.customers.actions.moving_staff import move_roles, return_roles
from kefu.customers.choices import MoveResult, MoveState
from kefu.customers.forms import ExportForm
from kefu.customers.models import MovedCustomer, TerritoryMove
from kefu.customers.moving_forms import MoveForm
from kefu.customers.permissions import CustomerPermission
from kefu.customers.presentation import view_of
from kefu.customers.queries import moves as queries
from kefu.foundation.access.checks import allowed
from kefu.foundation.access.decorators import needs
from kefu.foundation.access.queries import access_of
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.exchange.lists import export_url
from kefu.foundation.ui.http import Keyset, act, now, page
from kefu.foundation.ui.inputs import Status
from kefu.kernel.errors import OutOfScope
from kefu.organisation.models import User

MOVE, ROLES = CustomerPermission.TERRITORY_MOVE, AdministrationPermission.ROLE_EDIT
TONES = {
    MoveState.DRAFT: ("soon", "pencil"),
    MoveState.WAITING: ("pause", "clock"),
    MoveState.RUNNING: ("move", "arrows-exchange"),
    MoveState.STOPPED: ("late", "alert-triangle"),
    MoveState.DONE: ("done", "check"),
    MoveState.UNDOING: ("move", "arrow-back-up"),
    MoveState.UNDONE: ("quiet", "arrow-back-up"),
    MoveState.DISCARDED: ("quiet", "x"),
}
RESULTS = {
    MoveResult.WAITING: ("pause", "clock"),
    MoveResult.MOVED: ("done", "check"),
    MoveResult.REFUSED: ("late", "x"),
    MoveResult.BACK: ("quiet", "arrow-back-up"),
    MoveResult.KEPT: ("soon", "alert-triangle"),
}


@require_GET
@needs(MOVE, ROLES)
def move_list(request: StaffRequest) -> HttpResponse:
    """The moves within one's reach, the latest first."""
    user, asked = request.user, request.GET
    keyset = Keyset(queries.moves_listed(user, asked, now(request)), ("-made_at", "-id"), cursor=asked.get("after", ""))
    lines = [(move, Status(*TONES[MoveState(move.state)], move.get_state_display())) for move in keyset.rows]
    context = {
        "keyset": keyset,
        "lines": lines,
        "may": access_of(user).may(MOVE),
        "export_url": export_url(request, "customers.moves"),
    }
    return page(request, "customers/moves.html", context)


@require_http_methods(["GET", "POST"])
@needs(MOVE)
def move_new(request: StaffRequest) -> HttpResponseBase:
    """Choose customers, places, day, who takes over, and whose roles move along."""
    user, at = request.user, now(request)
    asked = {name: request.GET[name] for name in ("source", "target") if name in request.GET}
    form = MoveForm(
        request.POST or None, user=user, initial={"on": timezone.localdate(at), **request.GET.dict(), **asked}
    )

    def render() -> HttpResponse:
        status = 422 if request.method == "POST" else 200
        return page(request, "customers/move_form.html", {"form": form}, partial="fields", status=status)

    if request.method != "POST" or not form.is_valid():
        return render()
    return act(
        request, lambda: prepare_move(**form.given(), by=user, at=at), form=form, render=render, to=lambda made: _home(made),
        success=_("名单已列好，请核对后确认。"),
    )  # fmt: skip


@require_GET
@needs(MOVE, ROLES)
def move_page(request: StaffRequest, move_id: int) -> HttpResponse:
    """Before: what would move and what stands in the way. Afterwards: what became of each customer."""
    move, user, at = _move(request, move_id), request.user, now(request)
    sees = queries.sees_customers(user, move)
    context = {
        "move": move, "status": Status(*TONES[MoveState(move.state)], move.get_state_display()), "sees": sees, "chosen": queries.chosen_words(move),
        "staff": move.staff.select_related("user", "role", "moved_by", "returned_by"), "to_move": queries.roles_to_move(move).count(),
        "to_return": queries.roles_to_return(move).count(), "may_roles": _both(user, move, ROLES),
        "may_export": access_of(user).may(CustomerPermission.LIST_EXPORT),
    }  # fmt: skip
    return page(request, "customers/move.html", context | (_customers(request, move, at) if sees else {}))


def _customers(request: StaffRequest, move: TerritoryMove, at: datetime) -> dict[str, object]:
    counts, asked = queries.results(move), request.GET.get("result", "")
    asked = asked if asked in MoveResult.values else ""
    keyset = Keyset(queries.rows_seen(request.user, move, asked), ("customer_id",), cursor=request.GET.get("after", ""))
    before = move.state in (MoveState.DRAFT, MoveState.WAITING)
    works = queries.open_work_of([row.customer_id for row in keyset.rows], at) if before else {}
    total = sum(counts.values())
    options = [{"url": "?", "label": _("全部"), "count": total, "pressed": not asked}] + [
        {
            "url": f"?result={result.value}",
            "label": result.label,
            "count": counts[result.value],
            "pressed": asked == result.value,
        }
        for result in MoveResult
        if counts.get(result.value)
    ]
    done = total - counts.get(MoveResult.MOVED if move.state == MoveState.UNDOING else MoveResult.WAITING, 0)
    return {
        "keyset": keyset, "lines": [_line(row, works, at) for row in keyset.rows], "options": options, "total": total, "done": done,
        "outlook": queries.outlook(move, at) if before else None, "before": before, "moved": counts.get(MoveResult.MOVED, 0),
        "waiting": counts.get(MoveResult.WAITING, 0),
    }  # fmt: skip


def _line(row: MovedCustomer, works: dict[int, list[queries.WorkFound]], at: datetime) -> dict[str, object]:
    result = Status(*RESULTS[MoveResult(row.result)], row.get_result_display())
    return {"row": row, "view": view_of(row.customer, at), "result": result, "works": works.get(row.customer_id, ())}


@require_POST
@needs(MOVE)
def start(request: StaffRequest, move_id: int) -> HttpResponseBase:
    """Let the move happen, at once or on its day."""
    return _do(request, move_id, lambda move, by, at: start_move(move=move, by=by, at=at), _("已确认。"))


@require_POST
@needs(MOVE)
def discarding(request: StaffRequest, move_id: int) -> HttpResponseBase:
    """Nothing comes of the move."""
    return _do(
        request, move_id, lambda move, by, at: discard_move(move=move, by=by, at=at), _("已作废，客户都没有动。")
    )


@require_POST
@needs(MOVE)
def undoing(request: StaffRequest, move_id: int) -> HttpResponseBase:
    """Take the whole move back, saying why."""
    reason = request.POST.get("reason", "")
    return _do(
        request, move_id, lambda move, by, at: undo_move(move=move, reason=reason, by=by, at=at), _("开始撤销。")
    )


@require_POST
@needs(ROLES)
def roles(request: StaffRequest, move_id: int) -> HttpResponseBase:
    """Move the roles of those who go along."""
    return _do(request, move_id, lambda move, by, at: move_roles(move=move, by=by, at=at), _("岗位已调动。"))


@require_POST
@needs(ROLES)
def roles_return(request: StaffRequest, move_id: int) -> HttpResponseBase:
    """Let the roles hold at the old place again."""
    return _do(request, move_id, lambda move, by, at: return_roles(move=move, by=by, at=at), _("岗位已调回。"))


@require_http_methods(["GET", "POST"])
@needs(CustomerPermission.LIST_EXPORT)
def export(request: StaffRequest, move_id: int) -> HttpResponseBase:
    """The report as a spreadsheet, once its purpose is said."""
    move, form = _move(request, move_id), ExportForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        status = 422 if request.method == "POST" else 200
        return page(
            request, "customers/move_export.html", {"form": form, "move": move, "back": _home(move)}, status=status
        )
    file = export_move(move=move, **form.cleaned_data, by=request.user, at=now(request))
    response = HttpResponse(file.content, content_type=file.media_type)
    response.headers["Content-Disposition"] = str(content_disposition_header(True, file.name))
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _do(
    request: StaffRequest, move_id: int, verb: Callable[[TerritoryMove, User, datetime], object], success: str
) -> HttpResponseBase:
    move = _move(request, move_id)
    return act(request, lambda: verb(move, request.user, now(request)), success=success, to=_home(move))


def _move(request: StaffRequest, move_id: int) -> TerritoryMove:
    people = ("source", "target", "doctor", "health_manager", "made_by", "started_by", "undone_by")
    found = TerritoryMove.objects.visible_to(request.user).select_related(*people).filter(pk=move_id).first()
    if found is None:
        raise OutOfScope()
    return found


def _both(user: User, move: TerritoryMove, right: AdministrationPermission) -> bool:
    return all(allowed(user, right, node_id=place_id) for place_id in (move.source_id, move.target_id))


def _home(move: TerritoryMove) -> str:
    return reverse("customers:territory_move", args=[move.pk])
