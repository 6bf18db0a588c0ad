"""Attributes of one colleague or of many."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from kefu.foundation.ui.forms import KefuForm
from kefu.people.choices import Attribute, Skill, WorkStage, YesNo

SAME = [("", _("不变"))]
NONE = "-"


class AttributesForm(KefuForm):
    """What is so from a day on; what is left empty stays, a dash ends it."""

    valid_from = forms.DateField(label=_("从哪天起"))
    job_type = forms.CharField(label=Attribute.JOB_TYPE.label, max_length=40, required=False)
    skill = forms.ChoiceField(label=Attribute.SKILL.label, choices=[*SAME, *Skill.choices], required=False)
    shift_group = forms.CharField(label=Attribute.SHIFT_GROUP.label, max_length=40, required=False)
    stage = forms.ChoiceField(label=Attribute.STAGE.label, choices=[*SAME, *WorkStage.choices], required=False)
    reserve = forms.ChoiceField(label=Attribute.RESERVE.label, choices=[*SAME, *YesNo.choices], required=False)
    part_time = forms.ChoiceField(label=Attribute.PART_TIME.label, choices=[*SAME, *YesNo.choices], required=False)
    locker = forms.CharField(
        label=Attribute.LOCKER.label, max_length=40, required=False, help_text=_("不填的不变，填 - 表示没有了")
    )

    def changes(self) -> dict[str, str]:
        """Attribute to value, of those that were filled in."""
        given = {name: self.cleaned_data[name].strip() for name in Attribute.values}
        return {name: "" if value == NONE else value for name, value in given.items() if value}
