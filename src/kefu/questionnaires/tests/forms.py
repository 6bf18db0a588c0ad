"""Small definitions that the tests read at a glance."""

from __future__ import annotations

from typing import Any

from kefu.questionnaires.rules.definition import Definition, read

FREQUENCY = {"code": "frequency", "zh": "频率", "en": "Frequency", "options": [
    {"value": str(n), "zh": f"频{n}", "en": f"f{n}", "score": n} for n in range(5)]}  # fmt: skip
SEVERITY = {"code": "severity", "zh": "程度", "en": "Severity", "options": [
    {"value": str(n), "zh": f"重{n}", "en": f"s{n}", "score": n} for n in range(1, 4)]}  # fmt: skip
BANDS = [
    {"code": "green", "zh": "暂无明显提示", "en": "no clear sign", "percent_from": 0, "percent_to": 20},
    {"code": "yellow", "zh": "需要关注", "en": "watch", "percent_from": 20, "percent_to": 45},
    {"code": "red", "zh": "请医生重点询问", "en": "ask", "percent_from": 45, "percent_to": 100},
]
MATRIX: dict[str, Any] = {
    "code": "DIG01", "section": "DIG", "type": "matrix", "zh": "消化", "en": "Digestive",
    "rows": [{"code": "DIG01_01", "zh": "胀气", "en": "bloating"}, {"code": "DIG01_02", "zh": "反酸", "en": "reflux"}],
    "columns": [{"code": "F", "scale": "frequency"}, {"code": "S", "scale": "severity", "show_if": "F>0"}],
    "score": "sum(frequency*severity)",
}  # fmt: skip


def question(code: str, kind: str = "text", **more: Any) -> dict[str, Any]:
    """A question of the section DIG."""
    return {"code": code, "section": "DIG", "type": kind, "zh": f"问{code}", "en": "", **more}


def options(*values: str) -> list[dict[str, Any]]:
    """Options with these values."""
    return [{"value": value, "zh": f"选{value}", "en": ""} for value in values]


def definition(*questions: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A definition of these questions in one system."""
    return {
        "code": "interview", "zh": "问诊表", "en": "Interview", "scales": [FREQUENCY, SEVERITY], "score_bands": BANDS,
        "sections": [{"code": "DIG", "zh": "消化系统", "en": "Digestive", "system": True}], "questions": list(questions), **more,
    }  # fmt: skip


def form(*questions: dict[str, Any], **more: Any) -> Definition:
    """The same, read."""
    return read(definition(*questions, **more))
