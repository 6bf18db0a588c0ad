"""Forms of saved views."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.queries import EVERYWHERE, access_of
from kefu.foundation.access.rules import need_of
from kefu.foundation.lists.models import SavedView
from kefu.foundation.lists.specs import ListSpec
from kefu.foundation.ui.forms import KefuForm
from kefu.organisation.models import Node, User


class ViewForm(KefuForm):
    """What a view is called and who has it; where it is shared already it may stay, whoever renames it."""

    name = forms.CharField(label=_("视图名称"), max_length=40)
    node = forms.ModelChoiceField(
        label=_("谁能用"), queryset=Node.objects.none(), required=False, empty_label=_("只有我"),
        help_text=_("选了分中心，那里的同事都能用；各人只看到自己范围内的"),
    )  # fmt: skip
    first = forms.BooleanField(label=_("打开列表时先看它"), required=False)

    def __init__(
        self, *args: Any, user: User, spec: ListSpec[Any], view: SavedView | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        reach = access_of(user).reach(spec.share)
        nodes = reach.nodes(need_of(spec.share).level)
        places = Q(closed_on__isnull=True)
        shared = places if nodes is EVERYWHERE else places & Q(pk__in=nodes | reach.own)
        kept = Q(pk=view.node_id) if view is not None and view.node_id is not None else Q()
        self.fields["node"].queryset = Node.objects.filter(shared | kept)  # type: ignore[attr-defined]
        if nodes is not EVERYWHERE and not nodes | reach.own:
            del self.fields["node"]
