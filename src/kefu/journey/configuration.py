"""Pages on which an administrator changes the nodes."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kefu.foundation.access.decorators import needs
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.ui.http import act, page
from kefu.journey.actions.configure import NodeSpec, edit_node, insert_node, retire_node
from kefu.journey.forms import NodeForm, ReasonForm
from kefu.journey.models import JourneyTemplate, NodeTemplate
from kefu.journey.permissions import JourneyPermission
from kefu.journey.queries.positions import default_template
from kefu.kernel.errors import Refused
from kefu.organisation.models import Role


@needs(JourneyPermission.CONFIGURE)
def nodes(request: StaffRequest) -> HttpResponse:
    """The nodes of the journey in order, with role, deadline, status word and effect."""
    template = default_template()
    found = template.nodes.select_related("phase").prefetch_related("gates", "extra_statuses") if template else []
    labels = {role.code: role.label for role in Role.objects.all()}
    rows = [(node, [labels.get(code, code) for code in node.roles]) for node in found]
    return page(request, "journey/nodes.html", {"template_name": template, "rows": rows})


@needs(JourneyPermission.CONFIGURE)
def new_node(request: StaffRequest) -> HttpResponseBase:
    """Insert a node."""
    template = default_template()
    if template is None:
        raise Refused("no_template", _("还没有服务流程，请先载入默认流程。"))
    form = NodeForm(request.POST or None)
    return _save(request, form, None, template)


@needs(JourneyPermission.CONFIGURE)
def node(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Change a node."""
    shown = get_object_or_404(NodeTemplate.objects.select_related("template"), pk=pk)
    initial = {name: getattr(shown, name) for name in NodeForm.base_fields if hasattr(shown, name)}
    initial["gates"] = list(shown.gates.values_list("gate", flat=True))
    form = NodeForm(request.POST or None, initial=initial)
    return _save(request, form, shown, shown.template)


def _save(
    request: StaffRequest, form: NodeForm, shown: NodeTemplate | None, template: JourneyTemplate
) -> HttpResponseBase:
    def show() -> HttpResponse:
        return page(request, "journey/node_form.html", {"form": form, "node": shown, "reason": ReasonForm()})

    if request.method != "POST" or not form.is_valid():
        return show()
    spec = NodeSpec(**form.cleaned_data)

    def save() -> NodeTemplate:
        if shown is None:
            return insert_node(template=template, spec=spec, by=request.user, at=request.at)
        return edit_node(node=shown, spec=spec, by=request.user, at=request.at)

    return act(request, save, success=_("节点已保存。"), to=reverse("journey:nodes"), form=form, render=show)


@require_POST
@needs(JourneyPermission.CONFIGURE)
def retirement(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Take a node out of use with a reason."""
    shown = get_object_or_404(NodeTemplate, pk=pk)
    return act(request, lambda: retire_node(node=shown, reason=request.POST.get("reason", ""), by=request.user, at=request.at),
               success=_("节点已停用。"), to=reverse("journey:nodes"))  # fmt: skip
