"""Forms of the registers of people."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kefu.foundation.ui.forms import KefuForm, LongAgoField
from kefu.organisation.models import User
from kefu.people.choices import CredentialKind, Employment, EntryKind
from kefu.people.models import Doctor, StaffProfile


class DoctorForm(KefuForm):
    """What the register says of a doctor."""

    employment = forms.ChoiceField(label=_("用工"), choices=Employment.choices)
    specialty_zh = forms.CharField(label=_("专长"), max_length=200)
    specialty_en = forms.CharField(label=_("专长（英文）"), max_length=200, required=False)
    region = forms.CharField(label=_("服务区域"), max_length=100, required=False)
    practising_since = forms.IntegerField(label=_("从哪年开始行医"), min_value=1940, max_value=2100, required=False)
    introduction = forms.CharField(
        label=_("介绍"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, *args: Any, doctor: Doctor | None = None, **kwargs: Any) -> None:
        initial = {name: getattr(doctor, name) for name in self.base_fields if doctor and name != "user"}
        super().__init__(*args, initial=initial, **kwargs)


class NewDoctorForm(DoctorForm):
    """The same, for a colleague who holds the role and is not in the register yet."""

    user = forms.ModelChoiceField(label=_("哪位同事"), queryset=User.objects.none(), empty_label=_("请选择"))
    field_order = ("user",)

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = people  # type: ignore[attr-defined]
        self.fields["user"].label_from_instance = lambda user: f"{user.name} {user.job_number}"  # type: ignore[attr-defined]


class DayForm(KefuForm):
    """The day of a check or a signature."""

    on = forms.DateField(label=_("日期"))


class EntryForm(KefuForm):
    """A training or a case."""

    kind = forms.ChoiceField(label=_("类别"), choices=EntryKind.choices)
    on = forms.DateField(label=_("日期"))
    text = forms.CharField(label=_("内容"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))


class CredentialForm(KefuForm):
    """A certificate as it is printed (ORG-003)."""

    kind = forms.ChoiceField(label=_("证书"), choices=CredentialKind.choices)
    number = forms.CharField(label=_("证书编号"), max_length=60)
    issuer = forms.CharField(label=_("发证机关"), max_length=100)
    valid_from = LongAgoField(label=_("发证日期"))
    valid_to = forms.DateField(label=_("有效期至"), required=False, help_text=_("长期有效的不填"))
    mandatory = forms.BooleanField(
        label=_("上岗必备"), required=False, help_text=_("医生的必备证书到期后不能再安排接诊")
    )


class ProfileForm(KefuForm):
    """What colleagues and customers may read about a colleague."""

    specialty_zh = forms.CharField(label=_("专长"), max_length=200, required=False)
    specialty_en = forms.CharField(label=_("专长（英文）"), max_length=200, required=False)
    region = forms.CharField(label=_("服务区域"), max_length=100, required=False)
    introduction = forms.CharField(
        label=_("介绍"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    started_on = LongAgoField(label=_("到岗日期"), required=False)

    def __init__(self, *args: Any, profile: StaffProfile | None, **kwargs: Any) -> None:
        initial = {name: getattr(profile, name) for name in self.base_fields} if profile else {}
        super().__init__(*args, initial=initial, **kwargs)
