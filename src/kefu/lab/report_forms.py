"""Forms of reports and laboratory messages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kefu.customers.forms import Relative
from kefu.customers.models import Customer
from kefu.foundation.ui.forms import KefuForm
from kefu.lab.choices import HandoverMode, InterpretationMode
from kefu.lab.hl7.charset import codec_of
from kefu.lab.models import Laboratory

EQUALS = "="
CHARSETS = [("", _("按消息声明")), ("GB18030", "GB18030 / GBK"), ("UNICODE UTF-8", "UTF-8"), ("BIG5", "Big5")]


class OverallForm(KefuForm):
    """The doctor's overall report; a change of one that was entered says why."""

    text = forms.CharField(label=_("总检意见"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 12}))
    reason = forms.CharField(label=_("修改原因"), max_length=200)

    def __init__(self, *args: Any, amends: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not amends:
            del self.fields["reason"]


class PaperForm(KefuForm):
    """Why a paper report is made again."""

    reason = forms.CharField(label=_("重做原因"), max_length=200)


class HandoverForm(KefuForm):
    """How the paper report leaves, and when it was received."""

    mode = forms.ChoiceField(
        label=_("发放方式"), choices=HandoverMode.choices, widget=forms.RadioSelect, initial=HandoverMode.COLLECTED
    )
    collector = Relative(label=_("由谁领取"), help_text=_("只列监护人和代办人；客户没有允许告知检测报告的，不能交给他"))
    carrier = forms.CharField(label=_("快递公司"), max_length=60, required=False)
    waybill = forms.CharField(label=_("快递单号"), max_length=60, required=False)
    received_on = forms.DateField(
        label=_("客户收到日期"), required=False, help_text=_("还没收到就空着，收到后再登记；回访从这一天算起")
    )
    reason = forms.CharField(label=_("更正原因"), max_length=200)

    def __init__(self, *args: Any, customer: Customer, corrects: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["collector"]
        if isinstance(field, Relative):
            field.of(customer, trusted=True)
        if not corrects:
            del self.fields["reason"]


class ReceiptForm(KefuForm):
    """The day on which the customer received the report."""

    received_on = forms.DateField(label=_("客户收到日期"))


class InterpretationForm(KefuForm):
    """How the report was explained."""

    mode = forms.ChoiceField(
        label=_("解读方式"),
        choices=InterpretationMode.choices,
        widget=forms.RadioSelect,
        initial=InterpretationMode.IN_PERSON,
    )
    note = forms.CharField(
        label=_("解读要点"), max_length=5_000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    reason = forms.CharField(label=_("更正原因"), max_length=200)

    def __init__(self, *args: Any, corrects: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not corrects:
            del self.fields["reason"]


class FilingForm(KefuForm):
    """Filing a message that waits: to which order, although the person reads differently, and why."""

    number = forms.CharField(
        label=_("检测单号或样本号"),
        max_length=40,
        required=False,
        help_text=_("空着就按消息里的号码；填了就归到这张检测单"),
    )
    person_confirmed = forms.BooleanField(label=_("已和检验室核对，是同一个人"), required=False)
    reason = forms.CharField(label=_("说明"), max_length=200)


class LaboratoryForm(KefuForm):
    """What we know of a sender."""

    application = forms.CharField(label=_("发送系统（MSH-3）"), max_length=100)
    facility = forms.CharField(
        label=_("发送机构（MSH-4）"), max_length=100, required=False, help_text=_("空着表示这个系统的所有机构")
    )
    fallback_charset = forms.ChoiceField(label=_("实际字符集"), choices=CHARSETS, required=False)
    codes = forms.CharField(
        label=_("编码对照"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("一行一个，写成“对方编码=我方编码”"),
    )

    @classmethod
    def of(cls, laboratory: Laboratory | None) -> dict[str, object]:
        """What the form begins with."""
        if laboratory is None:
            return {}
        codes = "\n".join(f"{theirs}{EQUALS}{ours}" for theirs, ours in sorted(laboratory.codes.items()))
        return {"application": laboratory.application, "facility": laboratory.facility,
                "fallback_charset": laboratory.fallback_charset, "codes": codes}  # fmt: skip

    def clean_fallback_charset(self) -> str:
        label = str(self.cleaned_data["fallback_charset"])
        if label and codec_of(label) is None:
            raise forms.ValidationError(_("没有这个字符集"))
        return label

    def clean_codes(self) -> dict[str, str]:
        """The lines as a table. Raises ValidationError for a line without an equals sign."""
        found = {}
        for line in str(self.cleaned_data["codes"]).splitlines():
            theirs, sign, ours = (part.strip() for part in line.partition(EQUALS))
            if line.strip() and not (theirs and sign and ours):
                raise forms.ValidationError(_("“%(line)s”要写成“对方编码=我方编码”"), params={"line": line[:40]})
            if theirs:
                found[theirs] = ours
        return found
