"""How results and reports look: the records that pages and prints show."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kefu.foundation.ui.inputs import Status
from kefu.lab.choices import MessageState, ReportStatus, ResultState
from kefu.lab.models import ResultVersion
from kefu.lab.queries.desk import Judged
from kefu.products.choices import Flag

FLAGS: dict[str, tuple[str, str, object]] = {
    Flag.CRITICAL_HIGH: ("late", "arrow-up", gettext_lazy("危急偏高")),
    Flag.CRITICAL_LOW: ("late", "arrow-down", gettext_lazy("危急偏低")),
    Flag.HIGH: ("soon", "arrow-up", gettext_lazy("偏高")),
    Flag.LOW: ("soon", "arrow-down", gettext_lazy("偏低")),
}
ARROWS = {Flag.CRITICAL_HIGH: "↑↑", Flag.HIGH: "↑", Flag.LOW: "↓", Flag.CRITICAL_LOW: "↓↓"}
REPORT_LOOK = {
    ReportStatus.ARRIVED: ("soon", "clock"), ReportStatus.RETURNED: ("pause", "repeat"), ReportStatus.CANCELLED: ("late", "x"),
    ReportStatus.APPROVED: ("done", "check"), ReportStatus.SUPERSEDED: ("quiet", "file-text"), ReportStatus.WAITING: ("soon", "writing"),
    ReportStatus.WRITTEN: ("accent", "report-medical"), ReportStatus.PAPER_MADE: ("move", "printer"),
    ReportStatus.HANDED_OVER: ("move", "mail"), ReportStatus.INTERPRETED: ("done", "check"),
}  # fmt: skip
MESSAGE_LOOK = {
    MessageState.FILED: ("done", "check"), MessageState.QUARANTINED: ("late", "alert-triangle"),
    MessageState.REJECTED: ("soon", "x"), MessageState.DISMISSED: ("quiet", "minus"),
}  # fmt: skip


@dataclass(frozen=True)
class ValueRow:
    """A value as it is shown, with the words beside every colour."""

    result: ResultVersion
    name: str
    code: str
    text: str
    unit: str
    flag: Status | None
    words: str  # what the flag column says where there is no badge
    printed: str  # the same for paper: arrow and words
    range: str
    theirs: str  # the laboratory's own range and flag where they differ from ours
    was: Decimal | None
    before: Sequence[str]
    notes: str

    @property
    def bar(self) -> bool:
        """Whether the value has a place in a range."""
        return self.result.numeric is not None and not (self.result.low is None and self.result.high is None)


def value_rows(values: Iterable[Judged]) -> list[ValueRow]:
    """Values as they are shown."""
    return [_row(value) for value in values]


def _row(value: Judged) -> ValueRow:
    result, analyte = value.result, value.result.analyte
    look = FLAGS.get(result.flag)
    words = _words(result)
    return ValueRow(
        result=result, name=analyte.label, code=analyte.code, text=_("未检出") if value.cancelled else result.text,
        unit="" if value.cancelled else result.unit or analyte.unit, flag=Status(*look) if look else None, words=words,
        printed=f"{ARROWS.get(Flag(result.flag), '')} {words}".strip(), range=range_words(result.low, result.high, analyte.decimals),
        theirs=_theirs(value), was=value.was, before=[one.text for one in value.before], notes=result.notes,
    )  # fmt: skip


def _words(result: ResultVersion) -> str:
    if result.state == ResultState.CANCELLED:
        return _("检验室取消")
    if result.unit_differs:
        return _("单位与目录不同，未判断")
    if result.flag == Flag.NONE:
        return (
            _("无参考范围")
            if result.numeric is not None and result.low is None and result.high is None
            else _("未判断")
        )
    return str(Flag(result.flag).label)


def _theirs(value: Judged) -> str:
    """What the laboratory says otherwise than we; its words are shown, never taken over silently."""
    result = value.result
    if not value.disagreement:
        return ""
    return _("检验室标 %(flag)s，范围 %(range)s") % {"flag": result.lab_flag, "range": result.lab_range or "—"}


def range_words(low: Decimal | None, high: Decimal | None, decimals: int) -> str:
    """A range as people read it: 3.90–6.10, ≤ 5.7, ≥ 1.0."""
    if low is not None and high is not None:
        return f"{_number(low, decimals)}–{_number(high, decimals)}"
    if high is not None:
        return f"≤ {_number(high, decimals)}"
    return f"≥ {_number(low, decimals)}" if low is not None else "—"


def _number(value: Decimal, decimals: int) -> str:
    """With the analyte's decimals, and more where the bound has more."""
    exponent = value.normalize().as_tuple().exponent
    return f"{value:.{max(decimals, -exponent if isinstance(exponent, int) else 0)}f}"


def report_status(status: str) -> Status:
    """A report's status with colour and icon."""
    code = ReportStatus(status)
    return Status(*REPORT_LOOK[code], code.label)


def message_status(state: str) -> Status:
    """A message's state with colour and icon."""
    code = MessageState(state)
    return Status(*MESSAGE_LOOK[code], code.label)
