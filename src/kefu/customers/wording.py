"""What is wrong with an input, in words for the person at the desk."""

from __future__ import annotations

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from kefu.kernel.papers import PaperFault
from kefu.kernel.phones import PhoneError, PhoneFault

MISSING = {
    "name": _("请填写姓名。"),
    "age": _("请填写出生日期或年龄。"),
    "phone": _("请填写联系电话。"),
    "doctor": _("请选择功能医生。"),
    "health_manager": _("请选择健康管理师。"),
    "node": _("请选择分中心。"),
    "source": _("请选择客户来源。"),
    "remarks": _("请填写备注；没有备注请勾选“没有备注”。"),
}
VISIT_GAPS = {
    "name": _("还没有姓名，补上才能预约。"),
    "sex": _("还没有性别，补上才能预约。"),
    "contact": _("还没有电话或微信，补上才能预约。"),
}
PAPER_FAULTS = {
    PaperFault.SHAPE: _("号码不像这种证件的，请核对种类和号码。"),
    PaperFault.CHECK_DIGIT: _("号码的校验位不对，请核对有没有写错。"),
}
_FAULTS = {
    PhoneFault.EMPTY: _("请填写电话号码。"),
    PhoneFault.BAD_CHARACTER: _("电话号码只能是数字，可带 +86、空格和横线。"),
    PhoneFault.BAD_PREFIX: _("手机号以 13 至 19 开头，请核对。"),
    PhoneFault.NO_AREA_CODE: _("座机请加区号，例如 020-66778899。"),
    PhoneFault.BAD_LANDLINE: _("座机号码不对，请核对区号和号码。"),
    PhoneFault.BAD_FOREIGN: _("境外号码请写国家代码，例如 +852 6123 4567。"),
    PhoneFault.DEMO: _("1000000 开头的是演示号码，正式使用时不能登记。"),
}


def phone_fault(error: PhoneError) -> object:
    """Why a number is not taken: what it should be and what it is."""
    if error.code in _FAULTS:
        return _FAULTS[error.code]
    if error.expected:
        return format_lazy(_("手机号要 {expected} 位，现在 {actual} 位。"), expected=error.expected, actual=error.actual) if (
            error.kind == "mobile"
        ) else format_lazy(_("座机连区号要 {expected} 位，现在 {actual} 位。"), expected=error.expected, actual=error.actual)  # fmt: skip
    return _("号码位数不对，请核对。")
