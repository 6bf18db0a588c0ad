"""What to look for in the trail."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from kefu.foundation.audit.choices import Kind
from kefu.foundation.ui.forms import KefuForm
from kefu.kernel.ids import parse_ident


class AuditForm(KefuForm):
    """Every field may be empty."""

    person = forms.CharField(label=_("谁（工号或姓名）"), max_length=60, required=False)
    customer = forms.CharField(label=_("客户编号"), max_length=30, required=False, help_text=_("例如 15"))
    code = forms.CharField(label=_("事项代码"), max_length=80, required=False, help_text=_("开头几个字即可"))
    kind = forms.ChoiceField(label=_("种类"), choices=[("", _("全部")), *Kind.choices], required=False)
    day = forms.DateField(label=_("哪天"), required=False)

    def clean_customer(self) -> int | None:
        text = str(self.cleaned_data["customer"]).strip()
        if not text:
            return None
        key = parse_ident(text if text.startswith("cus_") else f"cus_{text}", "cus")
        if key is None:
            raise forms.ValidationError(_("客户编号是数字，例如 15"))
        return key
