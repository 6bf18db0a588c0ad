"""Forms of booking at the desk and on the telephone."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kefu.appointments.choices import Channel, PartOfDay
from kefu.appointments.queries.types import Choices
from kefu.customers.choices import CheckMethod
from kefu.foundation.ui.forms import DateInput, KefuForm
from kefu.organisation.choices import Sex
from kefu.organisation.models import Node, User

ANY = _("都可以")


class WishForm(KefuForm):
    """Where, with whom, from which day on and when on the day; what is left open takes all."""

    node = forms.ModelChoiceField(label=_("中心"), queryset=Node.objects.none(), required=False, empty_label=ANY)
    doctor = forms.ModelChoiceField(label=_("医生"), queryset=User.objects.none(), required=False, empty_label=ANY)
    first = forms.DateField(label=_("从哪天起"), widget=DateInput(), required=False)
    last = forms.DateField(label=_("到哪天"), widget=DateInput(), required=False)
    type = forms.ChoiceField(label=_("事项"), required=False)
    part = forms.ChoiceField(label=_("时段"), choices=[("", ANY), *PartOfDay.choices], required=False)

    def __init__(self, *args: Any, nodes: Any, doctors: Any, types: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["type"].choices = [("", ANY), *types]  # type: ignore[attr-defined]
        self.fields["node"].queryset = nodes  # type: ignore[attr-defined]
        self.fields["doctor"].queryset = doctors  # type: ignore[attr-defined]


class DeskForm(KefuForm):
    """What the customer comes for, how the request came, and that item and time were read back (APT-011, APT-013).

    The key makes one booking of a form that is sent twice. `checked` says that the identity was verified already; otherwise the colleague says how, or reads the membership card.
    """

    key = forms.CharField(widget=forms.HiddenInput(), max_length=64, required=False)
    type = forms.ChoiceField(label=_("事项"), choices=())
    channel = forms.ChoiceField(label=_("来源"), choices=Channel.choices, initial=Channel.PHONE)
    card = forms.CharField(
        label=_("会员卡号"), max_length=40, required=False, help_text=_("到店刷卡或报卡号，对上了就算核实")
    )
    method = forms.ChoiceField(
        label=_("怎样核对的身份"), choices=[("", _("还没核对")), *CheckMethod.choices], required=False
    )
    note = forms.CharField(label=_("需要什么"), max_length=200, required=False, help_text=_("问清楚的需求，医生看得到"))
    read_back = forms.BooleanField(label=_("已把事项和时间读给客户听，客户确认了"))

    def __init__(self, *args: Any, checked: bool, types: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["type"].choices = types  # type: ignore[attr-defined]
        if checked:
            del self.fields["card"], self.fields["method"]


class NewcomerForm(KefuForm):
    """Somebody who is not in the archive yet: no booking without name, sex and telephone (APT-014)."""

    name = forms.CharField(label=_("姓名"), max_length=60)
    sex = forms.ChoiceField(label=_("性别"), choices=[("", _("请选择")), *Sex.choices])
    phone = forms.CharField(label=_("电话"), max_length=40)
    email = forms.EmailField(label=_("邮箱"), max_length=120, required=False, help_text=_("问一下，没有可以不填"))


class MoveForm(KefuForm):
    """Another time, read back to the customer before it counts."""

    reason = forms.CharField(label=_("原因"), max_length=200, required=False)
    read_back = forms.BooleanField(label=_("已把新的时间读给客户听，客户确认了"))


class CardForm(KefuForm):
    """The membership card of somebody who is here."""

    card = forms.CharField(
        label=_("刷会员卡或报卡号"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
