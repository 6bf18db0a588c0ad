"""What is said of faults in answers and flaws in drafts; rules only name them by code."""

from __future__ import annotations

from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kefu.kernel.errors import FieldError
from kefu.questionnaires.rules.answers import Fault
from kefu.questionnaires.rules.publishing import Flaw

FAULTS: dict[str, Any] = {
    "required": _("这一项还没填"),
    "unknown_question": _("问卷里没有这个编号"),
    "unknown_option": _("没有这个选项，请重新选"),
    "exclusive": _("选了“没有”就不能再选别的"),
    "not_number": _("要填数字，例如 7.5"),
    "not_date": _("日期写成 2026-03-12 这样，并且要有这一天"),
    "not_yes_or_no": _("请选是或否"),
    "min": _("不能小于 {limit}"),
    "max": _("不能大于 {limit}"),
    "too_long": _("最多 {limit} 个字"),
    "unreadable": _("有不能保存的字符，请重新输入"),
}
FLAWS: dict[str, Any] = {
    "no_questions": _("还没有问题"),
    "no_words": _("中文还没写"),
    "code_twice": _("编号用了两次"),
    "code_form": _("编号只用大写字母、数字和下划线，以字母开头，最多 40 位"),
    "code_other_type": _("这个编号以前是另一种题型（{detail}），请用新编号"),
    "code_other_meaning": _("这个编号以前问的是“{detail}”，删过的编号不能换成别的意思"),
    "no_section": _("没有“{detail}”这一部分"),
    "section_twice": _("这一部分的编号用了两次"),
    "band_gap": _("分档要从 0 到 100 首尾相接"),
    "too_few_options": _("至少要有两个选项"),
    "option_twice": _("有两个选项的值相同"),
    "option_form": _("每个选项都要有值和中文，值里不能有逗号"),
    "exclusive_unknown": _("“选了就不能再选别的”写的“{detail}”不在选项里"),
    "empty_matrix": _("矩阵题要有行和列"),
    "formula": _("计分公式只能是 {detail}"),
    "column_condition": _("列的显示条件“{detail}”要指前面的一列"),
    "limits": _("最小值大于最大值"),
    "condition_form": _("显示条件“{detail}”看不懂，写成 HIS03=true 这样"),
    "condition_later": _("显示条件里的“{detail}”要排在这一题前面"),
    "condition_value": _("显示条件里的“{detail}”不在那一题的选项里"),
    "condition_unscored": _("“{detail}”不计分，不能用 .score"),
}


def field_error(fault: Fault) -> FieldError:
    """A fault as the field error of a form or an API answer; the field is the question's code."""
    return FieldError(fault.code, fault.kind, format_lazy(FAULTS[fault.kind], limit=fault.limit))


def flaw_words(flaw: Flaw) -> object:
    """What is to be mended, for the person who edits."""
    return format_lazy(FLAWS[flaw.kind], detail=flaw.detail)


def worded(zh: str, en: str) -> str:
    """The reader's language of a text kept in both, Chinese where English is missing."""
    return en if en and (get_language() or "").startswith("en") else zh
