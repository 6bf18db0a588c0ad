"""The form of a move of customers to another place (ORG-013)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kefu.customers.actions.moves import Chosen
from kefu.customers.choices import Stage
from kefu.customers.fields import Choice
from kefu.customers.forms import NOT_CENTRES, reachable_nodes
from kefu.customers.models import Segment
from kefu.customers.permissions import CustomerPermission
from kefu.customers.queries import CustomerFilter
from kefu.customers.queries.segments import segments
from kefu.foundation.access.queries import colleagues_with, valid_grants
from kefu.foundation.ui.forms import KefuForm
from kefu.organisation.models import Grant, Node, User

SEPARATORS = re.compile(r"[\s,，、;；]+")
PLACES = ("source", "target")


if TYPE_CHECKING:
    ModelChoices = forms.ModelMultipleChoiceField[Any]
else:
    ModelChoices = forms.ModelMultipleChoiceField


class GrantChoice(ModelChoices):
    """Colleagues with the role that would move along."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.user.name} {obj.user.job_number} {obj.role.label}"


class MoveForm(KefuForm):
    """From where, to where, whom, from when, and who takes over. People and groups are those of the places chosen."""

    source = Choice(label=_("原机构"), queryset=Node.objects.none())
    target = Choice(label=_("新机构"), queryset=Node.objects.none())
    on = forms.DateField(label=_("生效日期"))
    stage = forms.ChoiceField(label=_("阶段"), choices=[("", _("全部")), *Stage.choices], required=False)
    segment = Choice(label=_("客户群"), queryset=Segment.objects.none(), required=False)
    of_manager = Choice(label=_("只划转这位健康管理师的"), queryset=User.objects.none(), required=False)
    of_doctor = Choice(label=_("只划转这位功能医生的"), queryset=User.objects.none(), required=False)
    numbers = forms.CharField(
        label=_("健康档案号名单"),
        required=False,
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("从表格里粘贴一列；不填就按上面的条件"),
    )
    health_manager = Choice(label=_("接手的健康管理师"), queryset=User.objects.none(), required=False)
    doctor = Choice(label=_("接手的功能医生"), queryset=User.objects.none(), required=False)
    staff = GrantChoice(
        label=_("一起调过去的岗位"), queryset=Grant.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    reason = forms.CharField(label=_("划转的原因"), max_length=200)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reached = reachable_nodes(user, CustomerPermission.TERRITORY_MOVE)
        source, target = (self._place(name) for name in PLACES)
        queries: dict[str, Any] = {
            "source": reached, "target": reached.exclude(kind__in=NOT_CENTRES), "segment": segments(user),
            "of_manager": colleagues_with("health_manager", source), "of_doctor": colleagues_with("doctor", source),
            "staff": valid_grants().filter(node=source, user__is_active=True, user__is_system=False).select_related("user", "role").order_by("user__job_number"),
            "health_manager": colleagues_with("health_manager", target) | colleagues_with("health_manager", source),
            "doctor": colleagues_with("doctor", target) | colleagues_with("doctor", source),
        }  # fmt: skip
        for name, queryset in queries.items():
            self.fields[name].queryset = queryset  # type: ignore[attr-defined]
        if not queries["staff"].exists():
            del self.fields["staff"]
        self.fields["health_manager"].help_text = self.fields["doctor"].help_text = _(
            "原负责人在新机构有岗位的，客户不换人；其余的由这位接手。线索不选就进新机构的公共池"
        )

    def _place(self, name: str) -> int:
        chosen = str(self.data.get(name) or self.initial.get(name) or "")
        return int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 10 else 0

    def given(self) -> dict[str, Any]:
        """What the action takes."""
        data = self.cleaned_data
        narrow = CustomerFilter(
            stage=data["stage"],
            health_manager=data["of_manager"].pk if data["of_manager"] else None,
            doctor=data["of_doctor"].pk if data["of_doctor"] else None,
            segment=data["segment"].pk if data["segment"] else None,
        )
        numbers = tuple(dict.fromkeys(number for number in SEPARATORS.split(data["numbers"]) if number))
        kept = ("source", "target", "on", "health_manager", "doctor", "reason")
        return {name: data[name] for name in kept} | {
            "chosen_by": Chosen(narrow, numbers),
            "staff": list(data.get("staff", ())),
        }
