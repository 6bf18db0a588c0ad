"""Forms of pushes and of the list of birthdays."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kefu.customers.queries.segments import segments
from kefu.foundation.ui.forms import KefuForm
from kefu.messaging.choices import Channel
from kefu.organisation.models import User

CHANNELS = (Channel.WECHAT, Channel.SMS, Channel.EMAIL)
FIRST_WORDS = "{name}您好，{centre}……邀您参加。报名{phone}，拒收请回复R"


class PushForm(KefuForm):
    """What is sent, to whom, by which ways and how fast."""

    title = forms.CharField(label=_("名称（客户看不到）"), max_length=60)
    segment = forms.ChoiceField(label=_("客户群"), required=False)
    channels = forms.MultipleChoiceField(
        label=_("方式"), choices=[(one.value, one.label) for one in CHANNELS], widget=forms.CheckboxSelectMultiple
    )
    zh = forms.CharField(label=_("中文"), initial=FIRST_WORDS, widget=forms.Textarea(attrs={"rows": 3}))
    en = forms.CharField(label=_("英文"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    email_subject = forms.CharField(
        label=_("邮件标题"), max_length=100, required=False, help_text=_("选了邮件才要填，客户看得到")
    )
    planned_at = forms.DateTimeField(
        label=_("几点开始"), required=False, help_text=_("不填就由人点开始；到时间还没批准，批准后马上开始")
    )
    per_minute = forms.IntegerField(label=_("每分钟最多几条"), min_value=1, max_value=10000)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._segments = {str(one.pk): one for one in segments(user)[:200]}
        choices = [("", _("我范围内的全部客户")), *[(pk, one.name) for pk, one in self._segments.items()]]
        self.fields["segment"].choices = choices  # type: ignore[attr-defined]

    def given(self) -> dict[str, Any]:
        """What was entered, as the action takes it."""
        return {**self.cleaned_data, "segment": self._segments.get(self.cleaned_data["segment"])}


class BirthdayForm(KefuForm):
    """Which birthdays are listed."""

    days = forms.TypedChoiceField(
        label=_("几天内"), coerce=int, choices=[(1, _("今天")), (3, _("3 天内")), (7, _("7 天内")), (31, _("31 天内"))]
    )
    node = forms.TypedChoiceField(label=_("分中心"), coerce=int, required=False, empty_value=None)
    manager = forms.TypedChoiceField(label=_("健康管理师"), coerce=int, required=False, empty_value=None)

    def __init__(
        self, *args: Any, nodes: list[tuple[int, str]], managers: list[tuple[int, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, options in (("node", nodes), ("manager", managers)):
            self.fields[name].choices = [("", _("全部")), *options]  # type: ignore[attr-defined]
