"""A view runs an action and answers: done, refused with the reason, or wrong fields beside their fields."""

import json

import pytest
from django import forms
from django.contrib.messages import get_messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpResponse
from django.test import RequestFactory

from kefu.foundation.ui.forms import KefuForm
from kefu.foundation.ui.http import act
from kefu.kernel.errors import FieldError, Forbidden, Invalid, Refused


class SampleForm(KefuForm):
    phone = forms.CharField(required=False)


def request(**headers):
    made = RequestFactory().post("/samples/7/receipt/", headers=headers)
    made._messages = CookieStorage(made)
    return made


def said(made):
    return [(message.level_tag, str(message)) for message in get_messages(made)]


def refuse():
    raise Refused("gate", "还差温度，不能收样")


def wrong():
    raise Invalid([FieldError("phone", "short", "手机号要 11 位，现在 7 位"), FieldError("node", "gone", "中心已停用")])


def test_when_it_is_done_the_browser_goes_on_and_the_page_says_so():
    made = request()
    answer = act(made, lambda: 7, success=lambda number: f"已收 {number} 件", to=lambda number: f"/samples/{number}/")
    assert (answer.status_code, answer["Location"]) == (302, "/samples/7/")
    assert said(made) == [("success", "已收 7 件")]


def test_done_over_htmx_goes_to_the_page():
    answer = act(request(HX_Request="true"), lambda: None, success="已收样", to="/samples/")
    assert (answer.status_code, answer["HX-Redirect"]) == (204, "/samples/")


def test_done_over_htmx_may_answer_a_part_and_says_it_in_the_live_region():
    answer = act(
        request(HX_Request="true"), lambda: 7, success="已收样", to=lambda number: HttpResponse(f"row {number}")
    )
    assert answer.content == b"row 7"
    assert json.loads(answer["HX-Trigger"]) == {"kf:toast": {"text": "已收样", "tone": "done"}}


def test_a_refusal_goes_back_to_where_the_browser_was():
    made = request(Referer="http://testserver/samples/7/")
    answer = act(made, refuse, success="已收样", to="/samples/")
    assert answer["Location"] == "http://testserver/samples/7/"
    assert said(made) == [("error", "还差温度，不能收样")]


def test_a_refusal_never_goes_to_another_site():
    answer = act(request(Referer="https://elsewhere.example/"), refuse, to="/samples/")
    assert answer["Location"] == "/samples/"


def test_a_refusal_over_htmx_swaps_nothing():
    answer = act(request(HX_Request="true"), refuse, to="/samples/")
    assert (answer.status_code, answer["HX-Reswap"]) == (409, "none")
    assert json.loads(answer["HX-Trigger"])["kf:toast"] == {"text": "还差温度，不能收样", "tone": "late"}


def test_a_refused_form_is_shown_again_with_the_reason_above_it():
    form = SampleForm({"phone": "1380000"})
    answer = act(request(), refuse, to="/", form=form, render=lambda: HttpResponse(form.non_field_errors()[0]))
    assert (answer.status_code, answer.content.decode()) == (409, "还差温度，不能收样")


def test_wrong_fields_are_written_beside_them_and_the_rest_above():
    form = SampleForm({"phone": "1380000"})
    answer = act(request(), wrong, to="/", form=form, render=lambda: HttpResponse("again"))
    assert answer.status_code == 422
    assert form.errors["phone"] == ["手机号要 11 位，现在 7 位"]
    assert form.non_field_errors() == ["中心已停用"]


def test_a_missing_right_passes_through():
    def forbid():
        raise Forbidden("no_right", "您的岗位没有这项权限")

    with pytest.raises(Forbidden):
        act(request(), forbid, to="/")
