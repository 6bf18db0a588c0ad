"""Why a message waits, in words for the consulting department."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kefu.lab.rules.reasons import Reason

WORDS: dict[str, object] = {
    Reason.UNKNOWN_ORDER: _("找不到消息里的检测单号或样本号"),
    Reason.OTHER_PERSON: _("消息里的人与检测单的客户不一致"),
    Reason.ORDERS_DIFFER: _("同一项结果的单号和样本号属于不同的检测单"),
    Reason.ORDER_CANCELLED: _("检测单已作废"),
    Reason.NOT_CHECKED_IN: _("样本还没有收样核对"),
    Reason.TOO_EARLY: _("流程还没有到出报告这一步，或已经结束"),
    Reason.UNKNOWN_ITEM: _("检测项目编码不在这张检测单里"),
    Reason.UNKNOWN_ANALYTE: _("结果编码不在这个检测项目里"),
    Reason.UNKNOWN_STATUS: _("结果状态代码不认识"),
    Reason.REPEATED: _("同一个结果在消息里出现两次"),
    Reason.NOTHING_TO_CONFIRM: _("消息要确认的初步结果从来没有送到"),
    Reason.NO_RESULTS: _("消息里没有结果"),
    Reason.QUALITY_CONTROL: _("质控或校准数据，不归入客户档案"),
    Reason.UNREADABLE: _("消息格式读不懂，已拒收"),
    Reason.OVERSIZE: _("消息太大，已拒收"),
}
REMEDIES: dict[str, object] = {
    Reason.UNKNOWN_ORDER: _("核对单号后，填上正确的检测单号重新归档。"),
    Reason.OTHER_PERSON: _("先和检验室核对是不是同一个人；确认是，写明原因后归档；不是，退回检验室。"),
    Reason.ORDERS_DIFFER: _("请检验室核对样本标签后重发，或填上正确的检测单号重新归档。"),
    Reason.NOT_CHECKED_IN: _("先在收样页核对样本，核对后会自动归档。"),
    Reason.TOO_EARLY: _("全部样本核对合格后会自动归档。"),
    Reason.UNKNOWN_ITEM: _("在“检验室设置”里补上编码对照，再重新归档。"),
    Reason.UNKNOWN_ANALYTE: _("在“检验室设置”里补上编码对照，再重新归档。"),
    Reason.UNREADABLE: _("请检验室按接口约定重发；字符集不符的，在“检验室设置”里改好后重新归档。"),
    Reason.OVERSIZE: _("请检验室分成几条重发。"),
}
PERSON = {"name": _("姓名"), "birth_date": _("出生日期"), "sex": _("性别")}


def explain(reason: str, details: Sequence[str]) -> str:
    """Why, with the codes or fields it is about."""
    words = str(WORDS.get(reason, ""))
    named = [
        str(PERSON[detail]) if reason == Reason.OTHER_PERSON and detail in PERSON else detail for detail in details
    ]
    if reason == Reason.TOO_EARLY or not named:
        return words
    return gettext("%(words)s（%(details)s）") % {"words": words, "details": "、".join(named)}


def remedy(reason: str) -> str:
    """What to do about it."""
    return str(REMEDIES.get(reason, ""))
