"""Forms of flags, incidents, business cards, days of life, telling and death."""

from __future__ import annotations

from collections.abc import Collection

from django import forms
from django.utils.translation import gettext_lazy as _

from kefu.customers.choices import FlagKind, IncidentState, LifeEventKind, Payment, Priority, Topic
from kefu.foundation.ui.forms import DateInput, KefuForm

CARD_FIELDS = ("shop_name", "contact_person", "address", "agreed_price", "payment", "priority")
LINES = forms.Textarea(attrs={"rows": 2})


class FlagForm(KefuForm):
    """A warning or special care, and why."""

    kind = forms.ChoiceField(label=_("标记"), choices=FlagKind.choices)
    reason = forms.CharField(label=_("原因"), max_length=200)

    def offer(self, kinds: Collection[FlagKind]) -> FlagForm:
        """Show only these kinds."""
        self.fields["kind"].choices = [(kind.value, kind.label) for kind in FlagKind if kind in kinds]  # type: ignore[attr-defined]
        return self


class IncidentForm(KefuForm):
    """What happened with somebody without full capacity, and what was done."""

    state = forms.ChoiceField(label=_("情形"), choices=IncidentState.choices)
    happened = forms.CharField(label=_("经过"), max_length=2000, widget=LINES)
    done = forms.CharField(label=_("怎么处理的"), max_length=2000, widget=LINES)


class CardForm(KefuForm):
    """The card of a business customer."""

    shop_name = forms.CharField(label=_("店名"), max_length=100)
    contact_person = forms.CharField(label=_("联系人"), max_length=60)
    phone = forms.CharField(label=_("电话"), max_length=40, required=False, help_text=_("不改就留空"))
    address = forms.CharField(label=_("地址"), max_length=200)
    agreed_price = forms.CharField(label=_("约定价格"), max_length=200)
    payment = forms.ChoiceField(label=_("付款方式"), choices=Payment.choices)
    priority = forms.ChoiceField(label=_("优先级别"), choices=Priority.choices, initial=Priority.ORDINARY)


class DayOfLifeForm(KefuForm):
    """A day in the customer's life."""

    kind = forms.ChoiceField(label=_("日子"), choices=LifeEventKind.choices)
    on = forms.DateField(label=_("日期"), widget=DateInput())
    note = forms.CharField(label=_("说明"), max_length=200, required=False)


class TellingForm(KefuForm):
    """What a guardian or proxy may be told, and on what ground."""

    topics = forms.MultipleChoiceField(
        label=_("可以告知"), choices=Topic.choices, widget=forms.CheckboxSelectMultiple(), required=False
    )
    note = forms.CharField(label=_("凭什么"), max_length=200, help_text=_("例如客户签字的委托书"))


class DeathForm(KefuForm):
    """The customer died."""

    told_by = forms.CharField(label=_("谁告知的"), max_length=100)
    died_on = forms.DateField(label=_("去世日期"), widget=DateInput(), required=False, help_text=_("不知道就不填"))
