"""Forms of the clinic schedule."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from kefu.appointments.models import Equipment
from kefu.appointments.queries.types import offered_choices
from kefu.foundation.ui.forms import DateInput, KefuForm, TimeInput
from kefu.foundation.worktime.choices import Weekday
from kefu.organisation.models import Node, Room, User


def _types() -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=_("事项"), required=False, widget=forms.CheckboxSelectMultiple(), help_text=_("不选就是都接")
    )  # fmt: skip


class _Placed(KefuForm):
    """Whatever is entered for a doctor at a centre."""

    doctor = forms.ModelChoiceField(label=_("医生"), queryset=User.objects.none())
    node = forms.ModelChoiceField(label=_("中心"), queryset=Node.objects.none())

    def __init__(self, *args: Any, nodes: QuerySet[Node], doctors: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer = {
            "node": nodes, "doctor": doctors, "room": Room.objects.filter(node__in=nodes).order_by("code"),
            "equipment": Equipment.objects.filter(node__in=nodes, retired_on__isnull=True),
        }  # fmt: skip
        if "types" in self.fields:
            self.fields["types"].choices = offered_choices(nodes)  # type: ignore[attr-defined]
        for name, rows in offer.items():
            if name in self.fields:
                self.fields[name].queryset = rows  # type: ignore[attr-defined]
        if len(only := list(doctors[:2])) == 1:
            self.initial.setdefault("doctor", only[0].pk)


class CutForm(KefuForm):
    """When on a weekday, for whom, and how it is cut into slots."""

    weekday = forms.TypedChoiceField(label=_("星期"), choices=Weekday.choices, coerce=int)
    opens = forms.TimeField(label=_("自"), widget=TimeInput())
    closes = forms.TimeField(label=_("至"), widget=TimeInput())
    slot_minutes = forms.IntegerField(label=_("每位分钟"), min_value=5, max_value=240, initial=30)
    types = _types()
    capacity = forms.IntegerField(
        label=_("每场人数"), min_value=1, max_value=50, initial=1, help_text=_("一人以上就是大家共用一个时段")
    )
    buffer_before = forms.IntegerField(label=_("前留分钟"), min_value=0, max_value=120, initial=0)
    buffer_after = forms.IntegerField(label=_("后留分钟"), min_value=0, max_value=120, initial=0)
    room = forms.ModelChoiceField(
        label=_("诊室"), queryset=Room.objects.none(), required=False, empty_label=_("不指定")
    )
    equipment = forms.ModelChoiceField(
        label=_("设备"), queryset=Equipment.objects.none(), required=False, empty_label=_("不需要")
    )


class HoursForm(_Placed, CutForm):
    """Clinic hours of a doctor."""

    valid_from = forms.DateField(label=_("生效"), widget=DateInput())
    valid_to = forms.DateField(
        label=_("失效"), widget=DateInput(), required=False, help_text=_("这一天起不再有；不填就一直有")
    )
    field_order = ("doctor", "node", "weekday")


class ChangeForm(CutForm):
    """Other hours from a day on."""

    since = forms.DateField(label=_("从哪天起"), widget=DateInput())
    reason = forms.CharField(label=_("原因"), max_length=200)
    field_order = ("since",)

    def __init__(self, *args: Any, node: Node, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["types"].choices = offered_choices([node])  # type: ignore[attr-defined]
        self.fields["room"].queryset = Room.objects.filter(node=node).order_by("code")  # type: ignore[attr-defined]
        equipment = Equipment.objects.filter(node=node, retired_on__isnull=True)
        self.fields["equipment"].queryset = equipment  # type: ignore[attr-defined]


class EndForm(KefuForm):
    """The last day of weekly hours."""

    last_day = forms.DateField(label=_("最后一天"), widget=DateInput())
    reason = forms.CharField(label=_("原因"), max_length=200)


class LeaveForm(_Placed):
    """Leave on one day or many."""

    first = forms.DateField(label=_("第一天"), widget=DateInput())
    last = forms.DateField(label=_("最后一天"), widget=DateInput())
    opens = forms.TimeField(label=_("自"), widget=TimeInput(), required=False, help_text=_("不填就是全天"))
    closes = forms.TimeField(label=_("至"), widget=TimeInput(), required=False)
    reason = forms.CharField(label=_("原因"), max_length=200)


class ExtraForm(_Placed):
    """Extra hours on a day."""

    day = forms.DateField(label=_("日期"), widget=DateInput())
    opens = forms.TimeField(label=_("自"), widget=TimeInput())
    closes = forms.TimeField(label=_("至"), widget=TimeInput())
    slot_minutes = forms.IntegerField(label=_("每位分钟"), min_value=5, max_value=240, initial=30)
    types = _types()
    room = forms.ModelChoiceField(
        label=_("诊室"), queryset=Room.objects.none(), required=False, empty_label=_("不指定")
    )
    reason = forms.CharField(label=_("原因"), max_length=200)


class ClosingForm(KefuForm):
    """Days on which one centre stays closed."""

    node = forms.ModelChoiceField(label=_("中心"), queryset=Node.objects.none())
    first = forms.DateField(label=_("第一天"), widget=DateInput())
    last = forms.DateField(label=_("最后一天"), widget=DateInput())
    reason = forms.CharField(label=_("原因"), max_length=60)

    def __init__(self, *args: Any, nodes: QuerySet[Node], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["node"].queryset = nodes  # type: ignore[attr-defined]


class WithdrawalForm(KefuForm):
    """Why leave or extra hours are taken back."""

    reason = forms.CharField(label=_("原因"), max_length=200)


class EquipmentForm(KefuForm):
    """A piece of equipment of a centre."""

    node = forms.ModelChoiceField(label=_("中心"), queryset=Node.objects.none())
    code = forms.CharField(label=_("编码"), max_length=20)
    zh = forms.CharField(label=_("中文名"), max_length=200)
    en = forms.CharField(label=_("英文名"), max_length=200, required=False)

    def __init__(self, *args: Any, nodes: QuerySet[Node], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["node"].queryset = nodes  # type: ignore[attr-defined]
