"""The form of a segment: a field or two for every criterion the person may use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from kefu.customers.segmenting import GROUPS, Criterion, criteria_for
from kefu.foundation.ui.forms import KefuForm
from kefu.organisation.models import User


class SegmentForm(KefuForm):
    """A name and criteria; what is left empty does not narrow."""

    name = forms.CharField(label=_("名称"), max_length=60)

    def __init__(
        self, *args: Any, user: User, definition: Mapping[str, Any] | None = None, named: bool = False, **kwargs: Any
    ) -> None:
        self.criteria = criteria_for(user)
        super().__init__(*args, **kwargs)
        for criterion in self.criteria:
            for name, field in _fields(criterion, (definition or {}).get(criterion.code, {})).items():
                self.fields[name] = field
        if named:
            del self.fields["name"]

    def definition(self) -> dict[str, dict[str, Any]]:
        """What was entered, criterion by criterion."""
        given = self.cleaned_data
        found: dict[str, dict[str, Any]] = {}
        for one in self.criteria:
            if one.choices:
                found[one.code] = {"values": given.get(one.code)}
            elif one.text:
                found[one.code] = {"text": given.get(one.code)}
            else:
                found[one.code] = {"low": given.get(f"{one.code}_low"), "high": given.get(f"{one.code}_high")}
        return found


def _fields(criterion: Criterion, kept: Mapping[str, Any]) -> dict[str, forms.Field]:
    label = format_lazy("{group} · {label}", group=GROUPS[criterion.group], label=criterion.label)
    if criterion.choices:
        boxes = forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"})
        field: forms.Field = forms.MultipleChoiceField(
            label=label, choices=criterion.choices, widget=boxes, required=False, initial=kept.get("values")
        )
        return {criterion.code: field}
    if criterion.text:
        return {criterion.code: forms.CharField(label=label, max_length=60, required=False, initial=kept.get("text"))}
    ends = {"low": _("{label}：从"), "high": _("{label}：到")}
    return {
        f"{criterion.code}_{end}": forms.DecimalField(
            label=format_lazy(words, label=label),
            max_digits=12,
            decimal_places=2,
            required=False,
            initial=kept.get(end),
        )
        for end, words in ends.items()
    }
