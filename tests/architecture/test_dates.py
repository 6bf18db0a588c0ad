"""No form takes a day that nobody can mean: what counts weeks or minutes from it would fail with a 500."""

from collections.abc import Iterator

import pytest
from django import forms
from django.http import QueryDict
from django.urls import get_resolver
from django.utils import translation

from kefu.appointments.listing import sought_in
from kefu.foundation.ui.forms import KefuForm, LongAgoField
from kefu.testing.cast import Cast

DAYS = (forms.DateField, forms.DateTimeField)
BEYOND = ("0001-01-01", "1899-12-31", "2201-01-01", "9999-12-31")


def every_form() -> Iterator[type[forms.BaseForm]]:
    """Every form class of the project."""
    assert get_resolver().url_patterns  # with the pages all their forms are loaded
    waiting: list[type[forms.BaseForm]] = [forms.Form, forms.ModelForm]
    while waiting:
        one = waiting.pop()
        waiting.extend(one.__subclasses__())
        if one.__module__.startswith("kefu.") and ".tests." not in one.__module__:
            yield one


def fields_of_days() -> list[tuple[str, type[forms.BaseForm], str]]:
    found = (
        (form, name)
        for form in set(every_form())
        for name, field in form.base_fields.items()
        if isinstance(field, DAYS)
    )
    return sorted((f"{form.__module__}.{form.__qualname__}.{name}", form, name) for form, name in found)


@pytest.mark.parametrize(
    ("form", "name"), [pytest.param(form, name, id=label) for label, form, name in fields_of_days()]
)
def test_no_form_takes_a_day_beyond_reach(form: type[forms.BaseForm], name: str) -> None:
    assert issubclass(form, KefuForm)
    alone = type("Alone", (KefuForm,), {name: form.base_fields[name]})
    with translation.override("zh-hans"):
        for day in BEYOND:
            errors = alone({name: day}).errors[name]
            assert len(errors) == 1 and errors[0].startswith("日期要在 ") and errors[0].endswith(" 到 2200-12-31 之间")
        first = "1900-01-01" if isinstance(form.base_fields[name], LongAgoField) else "2000-01-01"
        assert all(name not in alone({name: day}).errors for day in (first, "2200-12-31"))


def test_an_address_with_such_a_day_counts_as_one_without(cast: Cast) -> None:
    for day in BEYOND:
        found = sought_in(QueryDict(f"first={day}&last={day}"), cast.at)
        assert (found.first, found.last) == (None, None)
