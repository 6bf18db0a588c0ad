"""Fields are read strictly, and their JSON schema says what is accepted."""

import re

import pytest

from kefu.foundation.api.tests.shelf import Everything

pytestmark = pytest.mark.urls("kefu.foundation.api.tests.shelf")

ACCEPTED = [
    ("line", "  张三 ", "张三"),
    ("line", "𠮷野家 – A&B", "𠮷野家 – A&B"),
    ("phone", "138 1234 6021", "13812346021"),
    ("phone", "+86-13812346021", "13812346021"),
    ("phone", "10000001234", "10000001234"),
    ("phone", "020-66778899", "02066778899"),
    ("money", "128", "128.00"),
    ("money", "0.5", "0.50"),
    ("money", 99999999, "99999999.00"),
    ("day", "2024-02-29", "2024-02-29"),
    ("day", "2000-02-29", "2000-02-29"),
    ("moment", "2026-11-22T09:00:00+08:00", "2026-11-22T09:00:00+08:00"),
    ("moment", "2026-11-22T01:00Z", "2026-11-22T09:00:00+08:00"),
    ("money", 100.0, "100.00"),
    ("count", 0, 0),
    ("count", 7.0, 7),
    ("flag", False, False),
    ("lines", ["T-01"], ["T-01"]),
]
REFUSED = [
    ("line", "", "too_short"),
    ("line", "\u3000 ", "format"),
    ("line", "a\nb", "format"),
    ("line", "a\x00", "format"),
    ("line", "长" * 201, "too_long"),
    ("line", 7, "type"),
    ("phone", "1381234602", "phone_too_short"),
    ("phone", "66778899", "phone_no_area_code"),
    ("phone", 13812346021, "type"),
    ("money", "-1", "money"),
    ("money", "1.005", "money"),
    ("money", "1e3", "money"),
    ("money", "１", "money"),
    ("money", 100.5, "money"),
    ("count", 1.5, "type"),
    ("money", True, "money"),
    ("money", 100_000_000, "money"),
    ("day", "2023-02-29", "day"),
    ("day", "1900-02-29", "day"),
    ("day", "2026-04-31", "day"),
    ("day", "20261122", "day"),
    ("day", 0, "day"),
    ("moment", "2026-11-22T09:00:00", "moment"),
    ("moment", "2026-11-22 09:00:00+08:00", "moment"),
    ("moment", 1700000000, "moment"),
    ("count", "1", "type"),
    ("count", -1, "too_small"),
    ("count", 2**31, "too_large"),
    ("flag", "true", "type"),
    ("flag", 1, "type"),
    ("lines", ["T-01", " "], "format"),
    ("lines", "T-01", "type"),
]


@pytest.mark.parametrize(("field", "given", "read"), ACCEPTED)
def test_read_and_written(program, cast, field, given, read):
    answer = program(cast.doctor).post("echo", {field: given})
    assert (answer.status_code, answer.json()[field]) == (200, read)


@pytest.mark.parametrize(("field", "given", "code"), REFUSED)
def test_refused_with_a_code(program, cast, field, given, code):
    answer = program(cast.doctor).post("echo", {field: given})
    assert answer.status_code == 422
    error = answer.json()["errors"][0]
    assert error["code"] == code
    assert error["field"] == ("lines.1" if code == "format" and field == "lines" else field)
    assert "%" not in error["message"]


def test_the_schema_says_the_same_as_the_reader():
    properties = Everything.model_json_schema()["properties"]
    for cases, wanted in ((ACCEPTED, True), (REFUSED, False)):
        for field, given, *_rest in cases:
            choice = properties[field]["anyOf"][0]
            pattern = choice.get("pattern") or (choice.get("anyOf") or [{}])[0].get("pattern")
            if not isinstance(given, str) or pattern is None or (field == "phone" and wanted):
                continue
            fits = re.search(pattern.replace("$", r"\Z"), given) is not None and len(given) <= choice.get(
                "maxLength", 999
            )
            assert fits is wanted, (field, given)


def test_production_takes_no_demo_numbers(program, cast, settings):
    settings.PRODUCTION = True
    answer = program(cast.doctor).post("echo", {"phone": "10000001234"})
    assert answer.json()["errors"][0] == {"field": "phone", "code": "phone_demo", "message": "这是演示号码，不能使用。"}
