"""Words for codes that are names of modules, packs and areas."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

MODULES = {
    "customers": _("客户"), "followup": _("回访"), "consultations": _("问诊"), "appointments": _("预约"), "lab": _("检测与报告"),
    "sales": _("销售"), "billing": _("收费"), "products": _("产品目录"), "stock": _("库存"), "people": _("人员与机构"),
    "surveys": _("满意度"), "desk": _("投诉与工单"), "calls": _("电话"), "messaging": _("消息"), "knowledge": _("知识与话术"),
    "workforce": _("排班"), "quality": _("质检考核"), "reception": _("接待"), "shop": _("店铺"), "reports": _("统计"),
    "foundation": _("导出"), "administration": _("系统管理"),
    "purchasing": _("采购"),
}  # fmt: skip
PACKS = {
    "core": _("健康管理"), "operations": _("客服运营"), "pack_photolab": _("照片冲印"), "pack_shop": _("网店"),
    "pack_property": _("物业"), "pack_spa": _("会所"), "pack_store": _("门店"), "pack_lending": _("理财"),
    "pack_support": _("技术支持"), "pack_telecom": _("通信"),
}  # fmt: skip
AREAS = MODULES | {
    "access": _("登录与锁屏"), "workbench": _("工作台"), "outbox": _("对外发送"), "jobs": _("后台任务"), "api": _("接口"),
    "files": _("附件"), "numbering": _("编号"), "journey": _("服务流程"), "exchange": _("导入导出"), "printing": _("打印"),
    "search": _("搜索"), "notices": _("通知"), "realtime": _("实时"), "assignments": _("移交"), "worktime": _("日历"),
}  # fmt: skip
ANSWERS = {"yes": _("是"), "no": _("否")}
UNITS = {
    "days": _("天"), "working_days": _("个工作日"), "hours": _("小时"), "minutes": _("分钟"), "seconds": _("秒"),
    "percent": "%", "months": _("个月"), "times": _("次"), "slots": _("个时段"), "characters": _("个字"), "MB": _("MB"), "hh:mm": _("时:分"),
    "yuan": _("元"), "packs": _("件"),
}  # fmt: skip


def module_label(code: str) -> object:
    """The words of a module, or its code."""
    return MODULES.get(code, code)


def pack_label(code: str) -> object:
    """The words of a pack, or its code."""
    return PACKS.get(code, code)


def area_label(code: str) -> object:
    """The words of the first part of a limit's or an audit row's code, or that part itself."""
    area = code.partition(".")[0]
    return AREAS.get(area, area)


def unit_label(code: str) -> object:
    """The words of a unit, or its code."""
    return UNITS.get(code, code)


def value_words(text: str) -> object:
    """A limit's value as it is shown: the answers in words, everything else as it is typed."""
    return ANSWERS.get(text, text)
