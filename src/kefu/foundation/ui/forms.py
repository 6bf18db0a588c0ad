"""Forms that look like ours and say in plain words what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kefu.foundation.ui.days import EARLIEST, LONG_AGO, WithinDays

Messages = Mapping[str, str | Promise]
BOXES = (forms.CheckboxInput, forms.RadioSelect, forms.CheckboxSelectMultiple)

COMMON: Messages = {
    "required": _("这一项还没填"),
    "invalid_choice": _("没有这个选项，请重新选"),
    "max_length": _("最多 %(limit_value)d 个字，现在 %(show_value)d 个"),
    "min_length": _("至少 %(limit_value)d 个字，现在 %(show_value)d 个"),
    "max_value": _("不能大于 %(limit_value)s"),
    "min_value": _("不能小于 %(limit_value)s"),
    "max_digits": _("数字太长，一共最多 %(max)s 位"),
    "max_decimal_places": _("小数最多 %(max)s 位"),
    "max_whole_digits": _("整数部分最多 %(max)s 位"),
}
INVALID: dict[type[forms.Field], str | Promise] = {
    forms.DateTimeField: _("日期和时间写成 2026-03-12 14:30 这样"),
    forms.DateField: _("日期写成 2026-03-12 这样，并且要有这一天"),
    forms.TimeField: _("时间写成 14:30 这样"),
    forms.EmailField: _("邮箱写成 name@example.com 这样"),
    forms.DecimalField: _("要填数字，例如 12.50"),
    forms.IntegerField: _("要填整数，例如 12"),
    forms.URLField: _("网址写成 https://example.com 这样"),
    forms.FileField: _("没有收到文件，请重新选"),
}
CHOOSE = _("这一项还没选")
PLEASE = _("请选择")
BLANK = "---------"  # what the framework offers for nothing chosen


class DateInput(forms.DateInput):
    """The browser's own calendar."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class TimeInput(forms.TimeInput):
    """The browser's own time field, to the minute."""

    input_type = "time"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%H:%M")


class DateTimeInput(forms.DateTimeInput):
    """The browser's own calendar with a time, to the minute."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


NATIVE: tuple[tuple[type[forms.Widget], type[forms.Widget]], ...] = (
    (forms.DateTimeInput, DateTimeInput),
    (forms.DateInput, DateInput),
    (forms.TimeInput, TimeInput),
)


class KefuBoundField(BoundField):
    """Gives each control its class, and says to assistive technology when it is wrong."""

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        widget = widget or self.field.widget
        built = super().build_widget_attrs(attrs, widget)
        kind = (
            "form-check-input"
            if isinstance(widget, BOXES)
            else "form-select"
            if isinstance(widget, forms.Select)
            else "form-control"
        )
        wrong = "is-invalid" if self.errors else ""
        given = str(widget.attrs.get("class", ""))
        built["class"] = " ".join(filter(None, (kind, given, wrong)))
        return built


class KefuForm(forms.Form):
    """Base of every module's forms. Errors are short, concrete and stand beside their field."""

    bound_field_class = KefuBoundField
    error_css_class = "is-wrong"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            _speak_plainly(field)
            _use_native_input(field)
            if isinstance(field, forms.DateField | forms.DateTimeField):
                field.validators.append(WithinDays(LONG_AGO if isinstance(field, LongAgoField) else EARLIEST))


class LongAgoField(forms.DateField):
    """A day that may lie before the house: a birth, a certificate."""


def _speak_plainly(field: forms.Field) -> None:
    """Replace the framework's wording, but not what a form's author wrote."""
    if isinstance(field, forms.ModelChoiceField) and field.empty_label == BLANK:
        field.empty_label = PLEASE
    plain: dict[str, str | Promise] = dict(COMMON)
    if isinstance(field, forms.ChoiceField | forms.ModelChoiceField):
        plain["required"] = CHOOSE
    invalid = next((words for kind, words in INVALID.items() if isinstance(field, kind)), None)
    if invalid is not None:
        plain["invalid"] = invalid
    stock = _stock_messages(type(field))
    for code, words in plain.items():
        current = field.error_messages.get(code)
        if current is None or (code in stock and current == stock[code]):
            field.error_messages[code] = words  # type: ignore[assignment]


def _stock_messages(kind: type[forms.Field]) -> dict[str, Any]:
    messages: dict[str, Any] = {}
    for base in reversed(kind.__mro__):
        messages.update(getattr(base, "default_error_messages", {}))
    return messages


def _use_native_input(field: forms.Field) -> None:
    for plain, native in NATIVE:
        if type(field.widget) is plain:
            field.widget = native(field.widget.attrs)
            return


class PickerWidget(forms.TextInput):
    """A type-ahead: what is typed goes to `url` as `q`, which answers `ui/picker_options.html`; the id is posted.

    The visible words are posted too, as NAME_label, so that they survive an error. An initial value is
    `(id, label)`, or an id together with `label`.
    """

    template_name = "ui/widgets/picker.html"

    def __init__(self, url: str | Promise, attrs: dict[str, Any] | None = None, *, label: str = "") -> None:
        super().__init__(attrs)
        self.url = url
        self.label = label

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> str | None:
        self.label = data.get(f"{name}_label", "") or self.label
        return data.get(name)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        chosen, label = value if isinstance(value, tuple) else (value, self.label)
        context = super().get_context(name, chosen, attrs)
        context["widget"] |= {"url": str(self.url), "label": label or ""}
        return context


class PickerField(forms.CharField):
    """A picked id. With `resolve` (id to object, None when there is none) the form's value is the object."""

    widget = PickerWidget

    def __init__(self, url: str | Promise, *, resolve: Callable[[str], Any] | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("widget", PickerWidget(url))
        kwargs.setdefault("error_messages", {"required": CHOOSE})
        super().__init__(**kwargs)
        self.resolve = resolve

    def clean(self, value: Any) -> Any:
        chosen = super().clean(value[0] if isinstance(value, tuple) else value)
        if self.resolve is None or chosen in self.empty_values:
            return chosen
        found = self.resolve(chosen)
        if found is None:
            raise ValidationError(_("没有找到，请从下面的列表里重新选"), code="invalid_choice")
        return found
