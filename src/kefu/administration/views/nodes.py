"""`/nodes/`: the tree of places."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kefu.administration.actions import nodes as actions
from kefu.administration.forms.nodes import NodeForm, RoomForm
from kefu.administration.permissions import AdministrationPermission
from kefu.administration.queries.nodes import tree
from kefu.administration.views.editing import edit
from kefu.foundation.access.decorators import needs
from kefu.foundation.access.queries import scope
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.ui.http import act, page
from kefu.organisation.models import Node

VIEW, EDIT = AdministrationPermission.NODE_VIEW, AdministrationPermission.NODE_EDIT


@needs(VIEW)
@require_GET
def node_list(request: StaffRequest) -> HttpResponse:
    """The tree, each place with its kind, calendar and people."""
    return page(request, "administration/nodes.html", {"branches": tree(request.user)})


@needs(EDIT)
@require_http_methods(["GET", "POST"])
def node_new(request: StaffRequest) -> HttpResponseBase:
    """Add a place; `?below=` names the one above it."""
    above = _nodes(request).filter(code=request.GET.get("below", "")).first()
    form = NodeForm(request.POST or None, parent=above)
    context = {"title": _("新机构"), "submit": _("建机构"), "cancel_url": reverse("administration:nodes")}
    return edit(
        request, form, "administration/form.html", context=context, success=_("机构建好了。"),
        run=lambda: actions.create_node(**form.cleaned_data, by=request.user, at=request.at), to=_page_of,
    )  # fmt: skip


@needs(VIEW)
@require_http_methods(["GET", "POST"])
def node_detail(request: StaffRequest, node_id: int) -> HttpResponseBase:
    """One place: its data, its rooms, and closing it."""
    node = get_object_or_404(_nodes(request), pk=node_id)
    form = NodeForm(request.POST or None, node=node)
    context = {"node": node, "rooms": node.rooms.order_by("code"), "room_form": RoomForm(auto_id="room_%s")}
    return edit(
        request, form, "administration/node.html", context=context, success=_("已保存。"), to=_page_of(node),
        run=lambda: actions.change_node(node=node, changes=form.cleaned_data, by=request.user, at=request.at),
    )  # fmt: skip


@needs(EDIT)
@require_POST
def node_closure(request: StaffRequest, node_id: int) -> HttpResponseBase:
    """Close a place."""
    node = get_object_or_404(_nodes(request), pk=node_id)
    reason = request.POST.get("reason", "")
    return act(
        request,
        lambda: actions.close_node(node=node, reason=reason, by=request.user, at=request.at),
        success=_("机构已停用，原来的记录都还在。"),
        to=_page_of(node),
    )


@needs(EDIT)
@require_POST
def node_rooms(request: StaffRequest, node_id: int) -> HttpResponseBase:
    """Add a room."""
    node = get_object_or_404(_nodes(request), pk=node_id)
    form = RoomForm(request.POST, auto_id="room_%s")
    context = {"node": node, "rooms": node.rooms.order_by("code"), "room_form": form, "form": NodeForm(node=node)}
    return edit(
        request, form, "administration/node.html", context=context, success=_("房间建好了。"), to=_page_of(node),
        run=lambda: actions.create_room(node=node, **form.cleaned_data, by=request.user, at=request.at),
    )  # fmt: skip


def _nodes(request: StaffRequest) -> QuerySet[Node]:
    return Node.objects.filter(scope(request.user, VIEW, node="pk"))


def _page_of(node: Node) -> str:
    return reverse("administration:node", args=[node.pk])
