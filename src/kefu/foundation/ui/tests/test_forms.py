"""Forms look like ours and say in plain words what is wrong."""

from datetime import date

import pytest
from django import forms
from django.template.loader import render_to_string
from django.utils import translation

from kefu.foundation.ui.forms import DateInput, KefuForm, LongAgoField, PickerField

DOCTORS = {"2": "沈立言"}


class ArchiveForm(KefuForm):
    name = forms.CharField(label="姓名", max_length=4)
    source = forms.ChoiceField(label="来源", choices=[("web", "网上")])
    born = LongAgoField(label="出生日期")
    age = forms.IntegerField(label="年龄", min_value=0, error_messages={"invalid": "年龄只写数字"})
    doctor = PickerField("/doctors/", label="医生", resolve=DOCTORS.get)


@pytest.fixture(autouse=True)
def _chinese():
    with translation.override("zh-hans"):
        yield


def test_errors_are_short_and_concrete():
    form = ArchiveForm({"name": "欧阳明珠女士", "born": "2026-02-30", "age": "-1", "doctor": "9"})
    assert {name: errors[0] for name, errors in form.errors.items()} == {
        "name": "最多 4 个字，现在 6 个",
        "source": "这一项还没选",
        "born": "日期写成 2026-03-12 这样，并且要有这一天",
        "age": "不能小于 0",
        "doctor": "没有找到，请从下面的列表里重新选",
    }


def test_words_the_author_wrote_are_kept():
    assert ArchiveForm({"age": "很多"}).errors["age"] == ["年龄只写数字"]


def test_a_picked_id_becomes_its_object():
    form = ArchiveForm({"name": "欧阳", "source": "web", "born": "1980-05-06", "age": "45", "doctor": "2"})
    assert form.is_valid()
    assert (form.cleaned_data["doctor"], form.cleaned_data["born"]) == ("沈立言", date(1980, 5, 6))


def test_what_was_picked_is_still_shown_after_an_error():
    form = ArchiveForm({"doctor": "2", "doctor_label": "沈立言"})
    html = str(form["doctor"])
    assert 'name="doctor" value="2"' in html
    assert 'name="doctor_label" value="沈立言"' in html


def test_a_picker_starts_with_a_value_and_its_label():
    html = str(ArchiveForm(initial={"doctor": ("2", "沈立言")})["doctor"])
    assert 'value="2"' in html
    assert 'value="沈立言"' in html


def test_dates_use_the_browsers_calendar_and_its_format():
    field = ArchiveForm(initial={"born": date(1980, 5, 6)})["born"]
    assert isinstance(field.field.widget, DateInput)
    assert 'type="date"' in str(field)
    assert 'value="1980-05-06"' in str(field)


def test_a_wrong_field_is_marked_and_its_error_is_tied_to_it():
    form = ArchiveForm({"name": ""})
    html = render_to_string("ui/field.html", {"field": form["name"]})
    assert 'class="form-control is-invalid"' in html
    assert 'aria-describedby="id_name_error"' in html
    assert 'id="id_name_error"' in html
    assert 'class="form-label required"' in html


def test_the_whole_form_lists_its_errors_with_a_way_to_each_field():
    form = ArchiveForm({"name": "欧阳"})
    html = render_to_string("ui/form.html", {"form": form, "submit": "建档"})
    assert '<a href="#id_source">来源</a>：这一项还没选' in html
    assert "data-once" in html
