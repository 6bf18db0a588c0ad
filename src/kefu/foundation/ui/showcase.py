"""Made-up rows for the component page: each component in all its states, at 14:20 on 12 March 2026."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django import forms
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from kefu.foundation.ui.charts import Series, stacked
from kefu.foundation.ui.forms import KefuForm, LongAgoField, PickerField
from kefu.foundation.ui.inputs import (
    BulkRow,
    Caution,
    Column,
    ConflictRow,
    CustomerView,
    JourneyNode,
    Option,
    PersonView,
    PrintDocument,
    Status,
    TimelineLine,
    Verb,
    WorkRow,
)
from kefu.foundation.ui.rules import ClockView
from kefu.foundation.ui.wording import clock

NOW = datetime(2026, 3, 12, 14, 20, tzinfo=ZoneInfo("Asia/Shanghai"))
TONES = (
    ("late", _("朱砂 超时、异常")),
    ("soon", _("琥珀 快到期")),
    ("done", _("松绿 完成、合格")),
    ("move", _("靛 进行中")),
    ("pause", _("藤紫 停表")),
    ("quiet", _("灰 平常")),
    ("accent", _("石青 主色")),
)
SWATCHES = (
    ("accent", _("石青 主色")),
    ("ink", _("墨")),
    ("ink-2", _("次墨")),
    ("ink-3", _("淡墨 最浅的字")),
    ("paper", _("纸")),
    ("surface", _("面")),
    ("line-control", _("控件边")),
)
SERIES = (Series("到店", "done"), Series("未结", "move"), Series("未到", "late"), Series("取消", "quiet"))
WEEK = (
    ("周一", (14, 0, 2, 3), 24),
    ("周二", (18, 1, 0, 1), 24),
    ("周三", (0, 16, 0, 2), 18),
    ("周四", (0, 7, 0, 0), 24),
)
DOCTORS = (
    Option("顾文清", id="1", hint="功能医生 · 今天停诊"),
    Option("沈立言", id="2", hint="功能医生"),
    Option("方以宁", id="3", hint="营养医生"),
)
OUYANG = CustomerView("欧阳明珠", "#main", "女", 45, "A", vip=True)
XU = CustomerView("徐志远", "#main", "男", 41, note="线索")
JIANG = CustomerView("蒋德福", "#main", "男", 66, "C")
ZHOU = PersonView("周敏", "健康管理师", me=True)
LU = PersonView("陆晓雯", "同事")
BARCODE = "data:image/svg+xml," + (
    "%3Csvg xmlns='http://www.w3.org/2000/svg' width='132' height='40'%3E%3Cpath d='M2 0v40M8 0v40M13 0v40M22 0v40M30 0v40M39 0v40"
    "M48 0v40M55 0v40M64 0v40M75 0v40M82 0v40M92 0v40M101 0v40M113 0v40M121 0v40M129 0v40' stroke='%23111' stroke-width='3'/%3E%3C/svg%3E"
)


class SampleForm(KefuForm):
    """One field of each kind."""

    name = forms.CharField(label=_("姓名"), max_length=20)
    phone = forms.RegexField(
        r"^\d{11}$", label=_("手机"), error_messages={"invalid": _("手机号要 11 位")}, help_text=_("只用来联系")
    )
    born = LongAgoField(label=_("出生日期"))
    source = forms.ChoiceField(label=_("客户来源"), choices=[("", ""), ("friend", _("老客户介绍")), ("web", _("网上"))])
    doctor = PickerField(reverse_lazy("ui:picker"), label=_("功能医生"))
    sex = forms.ChoiceField(label=_("性别"), widget=forms.RadioSelect, choices=[("f", _("女")), ("m", _("男"))])
    agreed = forms.BooleanField(label=_("客户同意发短信"), required=False)
    note = forms.CharField(label=_("备注"), required=False, widget=forms.Textarea(attrs={"rows": 2}))


class SampleLine(KefuForm):
    """One line of a table that is filled in."""

    position = forms.IntegerField(label=_("顺序"), required=False)
    words = forms.CharField(label=_("中文"), required=False)
    required = forms.BooleanField(label=_("必填"), required=False)


def sample_lines() -> forms.BaseFormSet[SampleLine]:
    """Two lines and an empty one."""
    lines = [
        {"position": 1, "words": "采样前一晚 20:00 后不再进食"},
        {"position": 2, "words": "当天早上空腹", "required": True},
    ]
    return forms.formset_factory(SampleLine, extra=1)(initial=lines, prefix="sample")


@dataclass(frozen=True)
class Cursor:
    """A page of rows that has a next one."""

    next: str = "abc"
    rows: tuple[object, ...] = field(default_factory=tuple)


def clocks() -> dict[str, ClockView]:
    """A clock in each state."""

    def at(hour: int, minute: int) -> datetime:
        return NOW.replace(hour=hour, minute=minute)

    start = at(11, 15)
    return {
        "ok": clock(at(17, 30), at(13, 20), NOW),
        "soon": clock(at(14, 32), at(12, 0), NOW),
        "late": clock(at(13, 15), start, NOW),
        "pause": clock(
            NOW + timedelta(days=4), NOW - timedelta(days=2), NOW, paused_for="客户", until=NOW + timedelta(days=4)
        ),
        "far": clock(NOW + timedelta(days=5), NOW - timedelta(days=1), NOW),
    }


def statuses() -> list[tuple[object, list[Status]]]:
    """Statuses in groups, as the modules' choices give them."""
    return [
        (_("服务流程"), [Status("quiet", "id", "已建档"), Status("move", "package", "客户采样中"), Status("late", "refresh", "重新采样"),
                         Status("move", "flask", "检测中"), Status("soon", "report-medical", "报告审核中"), Status("done", "check", "审核通过"),
                         Status("done", "file-text", "纸质报告已发放"), Status("done", "message-2", "报告已解读")]),
        (_("预约"), [Status("soon", "hourglass", "待确认"), Status("quiet", "clock", "已预约"), Status("move", "user", "已到"),
                     Status("done", "check", "已完成"), Status("late", "alert-triangle", "未到"), Status("quiet", "x", "已取消")]),
        (_("投诉"), [Status("soon", "message-exclamation", "已受理"), Status("move", "search", "调查中"), Status("pause", "clock-pause", "等总部决定"),
                     Status("done", "check", "已解决"), Status("quiet", "lock", "已结")]),
        (_("检测结果"), [Status("late", "arrow-up", "明显偏高"), Status("soon", "arrow-up", "偏高"), Status("soon", "arrow-down", "偏低")]),
    ]  # fmt: skip


def states() -> dict[str, object]:
    """Everything the page shows."""
    hands = clocks()
    return {
        "now": NOW,
        "clocks": hands,
        "statuses": statuses(),
        "series": SERIES,
        "bars": stacked(WEEK, SERIES),
        "customers": [OUYANG, XU, JIANG],
        "people": [ZHOU, PersonView("沈立言", "功能医生"), PersonView("顾文清", "今天停诊，白崇礼代")],
        "cautions": [Caution("上午 9 点前不接电话"), Caution("青霉素过敏", severe=True), Caution("称呼“欧阳老师”")],
        "nodes": nodes(),
        "late_row": WorkRow(hands["late"], "投诉答复", "答复“报告寄出一周还没到”", "message-exclamation", OUYANG, None,
                            "顺丰在途，今天 17 点前派送 · 答应 2 小时内回话", Verb("回电话", "#main", primary=True), "1"),
        "rows": [WorkRow(hands["soon"], "接交接", "陆晓雯下午请假，移交 6 位客户给您", "arrow-right", None, LU, "其中 2 位今天有约", Verb("看交接", "#main"), "2"),
                 WorkRow(hands["pause"], "催采样", "已给出 3 个时间，等客户挑", "package", JIANG, None, "", Verb("看往来", "#main"), "3")],
        "lines": lines(),
        "options": [Option("全部", "?", 23, pressed=True), Option("流程", "?kind=1", 8), Option("预约", "?kind=2", 4)],
        "bulk": bulk_rows(),
        "conflict": [ConflictRow("address", "地址", "文三路 18 号 2 幢 601", "文三路 18 号"),
                     ConflictRow("note", "备注", "下周出差", "下周出差，周五回", "theirs")],
        "document": PrintDocument("检测申请单（收费凭证）", "L2603-0188", "杭州西湖中心", NOW, BARCODE, "客户 彭家辉　男 43　档案号 HZ-2026-000041", 2, "郝静"),
        "keyset": Cursor(),
        "columns": [Column("单号", url="?sort=number", sorted="desc"), Column("客户"), Column("金额", num=True, url="?sort=amount"), Column("操作", hidden=True)],
        "tabs": [Option("时间线", "?tab=1", pressed=True), Option("检测与报告", "?tab=2", 3), Option("预约", "?tab=3", 2)],
        "groups": [{"title": "客户", "items": [{"url": "#main", "label": "欧阳明珠", "hint": "女 45 · HZ-2025-000318", "icon": "user"}]},
                   {"title": "检测单", "items": [{"url": "#main", "label": "L2603-0188", "hint": "彭家辉", "icon": "flask"}]}],
    }  # fmt: skip


def nodes() -> list[JourneyNode]:
    """A journey on its third node."""
    return [
        JourneyNode("done", "建档", "周敏", "2025-04-18", "#main"),
        JourneyNode("done", "问诊", "沈立言", "2月3日"),
        JourneyNode("now", "报告解读", "沈立言", "还有 40 分", tone="soon"),
        JourneyNode("skipped", "产品购买", "", "没买"),
        JourneyNode("next", "定期回访", "周敏", "6月10日"),
    ]


def lines() -> list[TimelineLine]:
    """Two facts: one with items and an amount, one without."""
    items = ("食物不耐受 90 项　¥1,800.00 × 1", "尿液有机酸　¥2,600.00 × 1", "25-羟维生素 D　¥475.00 × 2")
    return [
        TimelineLine("2月3日", "，已签字收费", "开单 3 项", "flask", "accent", "", items, Decimal("5350"), "沈立言"),
        TimelineLine("14:02", "来电 3 分 12 秒", "", "phone", note="问能不能顺便买维生素 D", by="周敏", at=NOW),
    ]


def bulk_rows() -> list[BulkRow]:
    """Two refused, one done."""
    failed = Status("late", "x", "没发")
    return [
        BulkRow("SH2603-0071", "潘美华", failed, "#main", "维生素 D3 缺 2 瓶", "拆单先发", "#main"),
        BulkRow("SH2603-0074", "任海燕", failed, "#main", "邵颖刚改了地址", "看新地址", "#main"),
        BulkRow("SH2603-0066", "吴子昂", Status("done", "check", "已发"), "#main", "另 9 单同"),
    ]
