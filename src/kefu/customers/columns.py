"""The columns of the customer list, for the page and for the spreadsheet alike (CUS-003, SEC-001)."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.customers.choices import ContactKind, Stage
from kefu.customers.models import Customer
from kefu.customers.permissions import CustomerPermission
from kefu.customers.presentation import STAGES, grade_shown, person, view_of
from kefu.customers.queries.reading import mask
from kefu.foundation.access.checks import allowed
from kefu.foundation.lists.columns import Column, Reader
from kefu.foundation.ui.inputs import CustomerView
from kefu.organisation.models import User

GRADING = CustomerPermission.GRADING_VIEW


def _name(one: Customer, reader: Reader) -> CustomerView:
    graded = allowed(reader.user, GRADING, customer=one)
    return view_of(one, reader.at, grade_shown(one) if graded else "")


def _age(one: Customer, reader: Reader) -> object:
    return one.age(timezone.localdate(reader.at))


def _phones(one: Customer, _reader: Reader) -> str:
    return "、".join(mask(each) for each in one.contacts.all() if each.active and each.kind == ContactKind.PHONE)


def _numbered(colleague: User | None) -> str:
    return f"{colleague.name} {colleague.job_number}" if colleague else ""


def _standing(one: Customer, field: str) -> object:
    """A class of the customer in words, or a day; nothing for one that was never graded."""
    standing = getattr(one, "standing", None)
    words = getattr(standing, f"get_{field}_display", None)
    return words() if words else getattr(standing, field, None)


COLUMNS: tuple[Column[Customer], ...] = (
    Column("name", _("客户"), _name, "customer", fixed=True, exported=(
        (_("姓名"), lambda one, reader: one.name), (_("性别"), lambda one, reader: one.get_sex_display()), (_("年龄"), _age))),
    Column("number", _("健康档案号"), lambda one, reader: one.archive_number, "code", order="number"),
    Column("phone", _("电话"), _phones, "code", shown=False, fetches=("contacts",)),
    Column("stage", _("阶段"), lambda one, reader: STAGES[Stage(one.stage)], "status"),
    Column("node", _("分中心"), lambda one, reader: one.node.label, "code"),
    Column("manager", _("健康管理师"), lambda one, reader: person(one.health_manager, reader.user), "owner",
           exported=((_("健康管理师"), lambda one, reader: _numbered(one.health_manager)),)),
    Column("doctor", _("功能医生"), lambda one, reader: person(one.doctor, reader.user), "person",
           exported=((_("功能医生"), lambda one, reader: _numbered(one.doctor)),)),
    Column("source", _("客户来源"), lambda one, reader: one.source.label if one.source else "", shown=False, joins=("source",)),
    Column("capture", _("登记方式"), lambda one, reader: one.get_capture_display(), "code", shown=False),
    Column("paper", _("原件存放处"), lambda one, reader: one.paper_mark, shown=False),
    Column("grade", _("等级"), lambda one, reader: _standing(one, "grade"), shown=False, needs=GRADING),
    Column("importance", _("重要程度"), lambda one, reader: _standing(one, "importance"), shown=False, needs=GRADING),
    Column("demand", _("需求"), lambda one, reader: _standing(one, "demand"), shown=False, needs=GRADING),
    Column("tracking", _("下次追踪"), lambda one, reader: _standing(one, "due_on"), "day", shown=False, needs=GRADING),
    Column("opened", _("建档时间"), lambda one, reader: one.archive_opened_at, "moment", shown=False),
    Column("created", _("登记时间"), lambda one, reader: one.created_at, "moment", order="newest"),
)  # fmt: skip
