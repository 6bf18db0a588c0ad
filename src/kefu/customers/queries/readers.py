"""Who looked at a customer's data: read, revealed, printed, exported; by page or by API (SEC-003)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.customers.models import Customer
from kefu.customers.queries.merges import aliases_of
from kefu.foundation.audit.choices import Kind
from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.printing.registry import registered
from kefu.foundation.slots.registry import slots
from kefu.organisation.models import Role

READERS = "customers.readers"
LOOKS = (Kind.READ, Kind.REVEAL, Kind.PRINT, Kind.EXPORT)
API = "api"
"""Asked for like a kind: every look by a program."""
WAYS = {
    "page": _("网页"), API: _("接口"), "job": _("后台任务"), "import": _("导入"), "hl7": _("检验接口"), "command": _("命令"),
}  # fmt: skip
LOOKED_AT = {
    "customers.customer.read": _("客户页面"),
    "customers.medical.read": _("健康资料"),
    "customers.timeline.read": _("时间线"),
    "customers.contact.revealed": _("联系方式"),
    "customers.card.revealed": _("会员卡号"),
    "customers.paper.revealed": _("证件号码"),
    "customers.list.exported": _("客户列表"),
    "customers.subject.exported": _("本人全部资料"),
    "files.shown": _("附件"),
    "printing.shown": _("打印件"),
}


@dataclass(frozen=True)
class Asked:
    """What is looked for; empty means all."""

    kind: str = ""
    who: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class Look:
    """One look in words."""

    entry: AuditEntry
    kind: object
    what: object
    roles: str
    way: object


def readers(customer: Customer, asked: Asked | None = None) -> QuerySet[AuditEntry]:
    """Every look at data of this customer that was asked for, also under an archive that became part of this one; order and page by `-at, -id` (SEC-003)."""
    asked = asked or Asked()
    found = AuditEntry.objects.filter(customer_id__in=aliases_of(customer), kind__in=LOOKS).select_related("by")
    if asked.kind == API:
        found = found.filter(via=API)
    elif asked.kind in LOOKS:
        found = found.filter(kind=asked.kind)
    if asked.who:
        found = found.filter(Q(by__job_number=asked.who) | Q(by__name=asked.who))
    if asked.since:
        found = found.filter(at__gte=_start(asked.since))
    if asked.until:
        found = found.filter(at__lt=_start(asked.until) + timedelta(days=1))
    return found


def looks(entries: Iterable[AuditEntry]) -> list[Look]:
    """Looks in words, with the roles people had at the time. One query."""
    labels = {role.code: role.label for role in Role.objects.all()}
    titles = {document.code: document.title for document in registered()}
    return [
        Look(
            entry=entry,
            kind=Kind(entry.kind).label,
            what=titles.get(_document(entry)) or _looked_at(entry.code),
            roles="、".join(labels.get(code, code) for code in entry.role.split(",") if code),
            way=WAYS.get(entry.via, ""),
        )
        for entry in entries
    ]


def _document(entry: AuditEntry) -> str:
    """Which paper was printed."""
    pair = entry.changes.get("document")
    return str(pair[1]) if isinstance(pair, list) and len(pair) == 2 else ""


def _looked_at(code: str) -> object:
    """The words of what was read: our own, else the tab of the module that wrote the row."""
    module = code.partition(".")[0]
    tabs = (tab.label for tab in slots.tabs.values() if tab.render.__module__.split(".")[1] == module)
    return LOOKED_AT.get(code) or next(tabs, "")


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), timezone.get_current_timezone())
