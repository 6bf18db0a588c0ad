"""What is wrong with a field, said to people; the codes are for programs and stay."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

CODES = {
    "missing": "required",
    "extra_forbidden": "unknown_field",
    "string_too_short": "too_short",
    "string_too_long": "too_long",
    "string_pattern_mismatch": "format",
    "literal_error": "not_a_choice",
    "enum": "not_a_choice",
    "greater_than_equal": "too_small",
    "greater_than": "too_small",
    "less_than_equal": "too_large",
    "less_than": "too_large",
    "too_short": "too_few",
    "too_long": "too_many",
}


def described(error: Mapping[str, Any]) -> dict[str, object]:
    """One error of the schema as field, code and message. `error` is a pydantic error whose `loc` begins with the source."""
    kind, context = str(error["type"]), error.get("ctx", {})
    code = (
        str(context.get("fault", "")) or CODES.get(kind) or ("type" if kind.endswith(("_type", "_parsing")) else kind)
    )
    return {"field": _field(error["loc"]), "code": code, "message": _message(code, context)}


def _field(location: tuple[object, ...]) -> str:
    """Where it is wrong as the caller wrote it: `lines.0.product`. Source and parameter name are ours, not theirs."""
    source, *rest = location
    inside = rest[1:] if source == "body" and len(rest) > 1 else rest
    return ".".join(str(part) for part in inside) if source != "body" or len(rest) > 1 else "body"


def _message(code: str, context: Mapping[str, Any]) -> str:
    known = {
        "required": _("必填。"),
        "unknown_field": _("没有这个字段。"),
        "too_short": _("太短了，至少 %(min_length)s 个字。"),
        "too_long": _("太长了，最多 %(max_length)s 个字。"),
        "format": _("写法不对。"),
        "not_a_choice": _("只能是：%(expected)s。"),
        "too_small": _("太小了，至少 %(ge)s。"),
        "too_large": _("太大了，最多 %(le)s。"),
        "too_few": _("太少了，至少 %(min_length)s 项。"),
        "too_many": _("太多了，最多 %(max_length)s 项。"),
        "day": _("日期请写成 2026-11-22 的样子。"),
        "moment": _("时间请写成 2026-11-22T09:00:00+08:00 的样子，带时区。"),
        "money": _("金额请写成文本，最多两位小数，例如 \"128.00\"。"),
        "type": _("类型不对。"),
        "phone_too_short": _("号码位数不够，现在 %(actual)s 位。"),
        "phone_too_long": _("号码位数多了，现在 %(actual)s 位。"),
        "phone_no_area_code": _("座机请带区号。"),
        "phone_demo": _("这是演示号码，不能使用。"),
    }  # fmt: skip
    template = known.get(code) or (_("这不是可以拨打的号码。") if code.startswith("phone_") else _("写法不对。"))
    try:
        return template % context
    except KeyError:  # a bound of another kind, such as gt for ge
        return _("写法不对。")
