"""The editor's forms: one question with its options or rows, and the parts around the questions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kefu.foundation.ui.forms import KefuForm
from kefu.questionnaires.choices import QuestionnaireKind
from kefu.questionnaires.rules.conditions import number, parse
from kefu.questionnaires.rules.definition import CODE, SHARED

TYPES = [
    ("choice", _("单选")), ("multi", _("多选")), ("text", _("文字")), ("number", _("数字")), ("date", _("日期")), ("bool", _("是否")),
    ("scale", _("量表")), ("matrix", _("矩阵（多行打分）")),
]  # fmt: skip
JUDGED = [("", _("不算满意率")), ("satisfied", _("满意")), ("unsatisfied", _("不满意")), ("ignored", _("未使用，不计"))]
SPARE = 3
"""Empty lines offered below what is there."""


class QuestionnaireForm(KefuForm):
    """A new questionnaire."""

    code = forms.SlugField(label=_("编码"), max_length=40, help_text=_("小写字母、数字和短横，以后不能改"))
    zh = forms.CharField(label=_("中文名"), max_length=200)
    en = forms.CharField(label=_("英文名"), max_length=200, required=False)
    kind = forms.ChoiceField(label=_("用途"), choices=QuestionnaireKind.choices)


class QuestionForm(KefuForm):
    """One question; its options or rows stand in a formset beside it."""

    code = forms.CharField(
        label=_("编号"), max_length=40, help_text=_("大写字母、数字和下划线；发布后不能改作别的意思")
    )
    section = forms.ChoiceField(label=_("部分"))
    type = forms.ChoiceField(label=_("题型"), choices=TYPES)
    scale = forms.ChoiceField(label=_("量表"), required=False, help_text=_("题型选“量表”时用"))
    zh = forms.CharField(label=_("问题（中文）"), max_length=300)
    en = forms.CharField(label=_("问题（英文）"), max_length=300, required=False)
    required = forms.BooleanField(label=_("必填"), required=False)
    why_zh = forms.CharField(label=_("为什么问（中文）"), max_length=300, required=False)
    why_en = forms.CharField(label=_("为什么问（英文）"), max_length=300, required=False)
    show_if = forms.CharField(
        label=_("什么时候显示"),
        max_length=200,
        required=False,
        help_text=_("例如 HIS03=true、STR01>=2、DIG01.score>0、sex=female"),
    )
    exclusive = forms.CharField(
        label=_("选了就不能再选别的"), max_length=40, required=False, help_text=_("多选题里那个选项的值，例如 none")
    )
    min = forms.CharField(label=_("最小值"), max_length=20, required=False)
    max = forms.CharField(label=_("最大值"), max_length=20, required=False)

    def __init__(self, *args: Any, definition: Mapping[str, Any], code: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = forms.ChoiceField
        for name, rows in (
            ("section", definition["sections"]),
            ("scale", [{"code": "", "zh": "—"}, *definition.get("scales", [])]),
        ):
            field = self.fields[name]
            assert isinstance(field, choices)
            field.choices = [(row["code"], row["zh"]) for row in rows]
        if code:
            self.fields["code"].disabled = True

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"])
        if not CODE.fullmatch(code):
            raise forms.ValidationError(_("编号只用大写字母、数字和下划线，以字母开头，最多 40 位"))
        return code

    def clean_show_if(self) -> str:
        text = str(self.cleaned_data["show_if"])
        try:
            return str(parse(text)) if text else ""
        except ValueError as error:
            raise forms.ValidationError(_("看不懂这个条件，写成 HIS03=true 这样")) from error

    def clean_min(self) -> str:
        return self._bound("min")

    def clean_max(self) -> str:
        return self._bound("max")

    def clean(self) -> dict[str, Any]:
        told = self.cleaned_data
        if told.get("type") == "scale" and not told.get("scale"):
            self.add_error("scale", _("请选一个量表"))
        return told

    def _bound(self, name: str) -> str:
        text = str(self.cleaned_data[name])
        if text and number(text) is None:
            raise forms.ValidationError(_("要填数字，例如 12.5"))
        return text


class OptionForm(KefuForm):
    """One option."""

    value = forms.CharField(label=_("值"), max_length=40)
    zh = forms.CharField(label=_("中文"), max_length=100)
    en = forms.CharField(label=_("英文"), max_length=100, required=False)
    score = forms.IntegerField(label=_("分值"), required=False, min_value=0, max_value=1000)
    judged = forms.ChoiceField(label=_("满意率"), choices=JUDGED, required=False)


class RowForm(KefuForm):
    """One line of a matrix."""

    code = forms.RegexField(
        CODE, label=_("编号"), max_length=40, error_messages={"invalid": _("大写字母、数字和下划线")}
    )
    zh = forms.CharField(label=_("中文"), max_length=100)
    en = forms.CharField(label=_("英文"), max_length=100, required=False)


class SectionForm(KefuForm):
    """One part of the questionnaire."""

    code = forms.RegexField(
        CODE, label=_("编号"), max_length=40, error_messages={"invalid": _("大写字母、数字和下划线")}
    )
    zh = forms.CharField(label=_("中文"), max_length=100)
    en = forms.CharField(label=_("英文"), max_length=100, required=False)
    system = forms.BooleanField(label=_("单独计分"), required=False)


class AlertForm(KefuForm):
    """One alert."""

    code = forms.SlugField(label=_("编号"), max_length=40)
    when = forms.CharField(label=_("什么时候提示"), max_length=200)
    zh = forms.CharField(label=_("中文"), max_length=200)
    en = forms.CharField(label=_("英文"), max_length=200, required=False)

    def clean_when(self) -> str:
        try:
            return str(parse(str(self.cleaned_data["when"])))
        except ValueError as error:
            raise forms.ValidationError(_("看不懂这个条件，写成 CAR01_02_S=3 这样")) from error


class BandForm(KefuForm):
    """One score band, in percent of the most possible."""

    code = forms.ChoiceField(
        label=_("颜色"), choices=[("", "—"), ("green", _("绿")), ("yellow", _("黄")), ("red", _("红"))]
    )
    zh = forms.CharField(label=_("中文"), max_length=100)
    en = forms.CharField(label=_("英文"), max_length=100, required=False)
    percent_from = forms.IntegerField(label=_("从 %"), min_value=0, max_value=100)
    percent_to = forms.IntegerField(label=_("到 %"), min_value=0, max_value=100)


PART_FORMS: dict[str, type[KefuForm]] = {"sections": SectionForm, "alerts": AlertForm, "score_bands": BandForm}


def lines(form: type[KefuForm], prefix: str, rows: Sequence[Mapping[str, Any]], data: Any = None) -> Any:
    """A formset of what is there and a few empty lines; a line marked to go is dropped."""
    made = forms.formset_factory(form, extra=SPARE, can_delete=True)
    return made(data, prefix=prefix, initial=[dict(row) for row in rows])


def told(formset: Any) -> list[dict[str, Any]]:
    """The filled lines of a valid formset, in order."""
    rows = [form.cleaned_data for form in formset.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")]
    return [{name: value for name, value in row.items() if name != "DELETE"} for row in rows]


def option_initial(options: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Options as the form shows them."""
    return [{**option, "judged": _judged(option)} for option in options]


def question_row(
    form: QuestionForm, options: Sequence[Mapping[str, Any]], rows: Sequence[Mapping[str, Any]], before: Mapping[str, Any],
    columns: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:  # fmt: skip
    """The question as kept in the definition. What only a using module understands stays as it was."""
    given, kind = form.cleaned_data, form.cleaned_data["type"]
    row = {name: value for name, value in before.items() if name not in SHARED}
    row |= {
        "code": given["code"],
        "section": given["section"],
        "type": kind,
        "required": given["required"],
        "zh": given["zh"],
        "en": given["en"],
    }
    row |= {name: given[name] for name in ("why_zh", "why_en", "show_if") if given[name]}
    if kind == "number":
        row |= {name: _bound(given[name]) for name in ("min", "max") if given[name]}
    if kind == "scale":
        row["scale"] = given["scale"]
    if kind in {"choice", "multi"}:
        row["options"] = [_option(option) for option in options]
    if kind == "multi" and given["exclusive"]:
        row["exclusive"] = given["exclusive"]
    if kind == "matrix":
        row |= {"rows": [dict(line) for line in rows], "columns": [dict(column) for column in columns]}
        row["score"] = f"sum({'*'.join(column['scale'] for column in columns)})"
    return row


def _bound(text: str) -> int | str:
    found = number(text)
    return int(found) if found is not None and found == found.to_integral_value() else text


def _option(given: Mapping[str, Any]) -> dict[str, Any]:
    option: dict[str, Any] = {"value": given["value"], "zh": given["zh"], "en": given["en"]}
    if given["score"] is not None:
        option["score"] = given["score"]
    match given["judged"]:
        case "satisfied" | "unsatisfied":
            option["satisfied"] = given["judged"] == "satisfied"
        case "ignored":
            option["valid"] = False
    return option


def _judged(option: Mapping[str, Any]) -> str:
    if option.get("valid") is False:
        return "ignored"
    return {True: "satisfied", False: "unsatisfied"}.get(option.get("satisfied"), "")  # type: ignore[arg-type]
