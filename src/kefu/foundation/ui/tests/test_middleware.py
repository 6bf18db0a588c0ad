"""Errors that no view caught become pages, and every answer keeps its parts at home."""

import json

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import translation

from kefu.foundation.ui.middleware import ErrorMiddleware, SecurityHeadersMiddleware
from kefu.kernel.errors import Forbidden, Invalid, OutOfScope, Refused

CASES = [
    (Forbidden("no_right", "您的岗位没有审核权限"), 403, "您的岗位没有审核权限"),
    (OutOfScope(), 404, "没有找到，或不在您的范围内"),
    (Refused("gate", "还差温度，不能收样"), 409, "还差温度，不能收样"),
    (Invalid.one("phone", "short", "手机号要 11 位"), 422, "手机号要 11 位"),
]


def answer_to(error, path="/samples/7/", **headers):
    request = RequestFactory().get(path, headers=headers)
    with translation.override("zh-hans"):
        return ErrorMiddleware(lambda _: HttpResponse()).process_exception(request, error)


@pytest.mark.parametrize(("error", "status", "words"), CASES)
def test_a_refusal_becomes_a_page_that_says_why(error, status, words):
    answer = answer_to(error)
    assert answer.status_code == status
    assert words in answer.content.decode()


def test_over_htmx_it_becomes_a_line_and_swaps_nothing():
    answer = answer_to(CASES[0][0], HX_Request="true")
    assert (answer.status_code, answer["HX-Reswap"]) == (403, "none")
    assert json.loads(answer["HX-Trigger"])["kf:toast"]["text"] == "您的岗位没有审核权限"


def test_programming_errors_are_left_alone():
    assert answer_to(ZeroDivisionError()) is None


def test_the_api_answers_in_its_own_way():
    assert answer_to(OutOfScope(), path="/api/v1/customers/7") is None


def test_every_page_forbids_inline_script_and_style_and_other_sites():
    answer = SecurityHeadersMiddleware(lambda _: HttpResponse("page"))(RequestFactory().get("/"))
    policy = dict(part.split(" ", 1) for part in answer["Content-Security-Policy"].split("; "))
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Cache-Control"] == "private, no-store"


def test_a_view_may_set_a_policy_of_its_own():
    view = lambda _: HttpResponse("x", headers={"Content-Security-Policy": "sandbox"})  # noqa: E731
    assert SecurityHeadersMiddleware(view)(RequestFactory().get("/"))["Content-Security-Policy"] == "sandbox"
