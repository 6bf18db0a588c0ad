"""Products and test items from spreadsheets, known by code, by the same rules as on screen (PRD-001, LAB-001)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.checks import require
from kefu.foundation.exchange.cells import BadCell, amount, choice, plain, text, whole
from kefu.foundation.exchange.choices import Did
from kefu.foundation.exchange.lists import Listed
from kefu.foundation.exchange.lists import register as register_list
from kefu.foundation.exchange.specs import Column, Context, ImportSpec, Outcome, Row, register
from kefu.kernel.errors import FieldError, Invalid
from kefu.organisation.models import User
from kefu.products.actions import add_product, change_price, edit_product, edit_test_item, remove_product
from kefu.products.choices import Policy, SamplingSite
from kefu.products.models import Category, Kit, Product, SampleKind, StorageClass, TestItem
from kefu.products.models.entries import Coded
from kefu.products.permissions import ProductsPermission
from kefu.products.queries import items_listed, products_listed

FLAGS = {"是": True, "否": False, "yes": True, "no": False}
POLICIES = {
    "先到期先出": Policy.FEFO.value,
    "先入库先出": Policy.FIFO.value,
    "fefo": Policy.FEFO.value,
    "fifo": Policy.FIFO.value,
}
SITES = {
    "到中心采样": SamplingSite.CENTRE.value,
    "在家采样": SamplingSite.HOME.value,
    "centre": SamplingSite.CENTRE.value,
    "home": SamplingSite.HOME.value,
}
E = TypeVar("E", Product, TestItem)
PRICE_REASON = _("表格导入")


def code(cell: object) -> str:
    """A code of the catalogue: letters, digits and dashes, in capitals."""
    read = plain(cell).upper()
    if not read.isascii() or not read.replace("-", "").isalnum() or len(read) > 40:
        raise BadCell("code", str(_("编码只用字母、数字和短横，最多 40 位。")))
    return read


def sites(cell: object) -> list[str]:
    """Where a sample may be taken, several separated by commas."""
    one = choice(SITES)
    return [one(word) for word in plain(cell).replace("，", "、").replace(",", "、").split("、") if word.strip()]


COLUMNS = (
    Column("编码", "code", ("产品编码", "货号", "code"), required=True, parse=code, hint=_("字母、数字和短横，例如 N-014")),
    Column("品名", "zh", ("中文名", "产品名称", "名称", "name"), parse=text(200), hint=_("新产品必填")),
    Column("英文名", "en", ("英文名称", "english"), parse=text(200)),
    Column("规格", "specification", ("specification",), parse=text(100)),
    Column("分类", "category", ("产品分类", "类别", "category"), parse=text(40), hint=_("目录里分类的名称或编码；新产品必填")),
    Column("单位", "unit", ("unit",), parse=text(10), hint=_("新产品必填")),
    Column("每件数量", "pieces_per_pack", ("每件数量（片、粒、份）", "pieces_per_pack"), parse=whole(1, 100_000)),
    Column("储存条件", "storage", ("储存", "storage"), parse=text(40), hint=_("储存条件的名称或编码；新产品必填")),
    Column("价格", "price", ("单价", "售价", "零售价", "price"), parse=amount, hint=_("元；新产品必填；和现价不同就从导入时起调价，以前的单子不变")),
    Column("调价原因", "reason", ("reason",), parse=text(200)),
    Column("易碎", "fragile", ("fragile",), parse=choice(FLAGS)),
    Column("默认日食用量", "daily_intake", ("日食用量", "daily_intake"), parse=whole(1, 1_000)),
    Column("有效期管理", "dated", ("按有效期管理", "dated"), parse=choice(FLAGS)),
    Column("出库顺序", "policy", ("policy",), parse=choice(POLICIES)),
    Column("入库最短剩余效期（月）", "min_shelf_life_months", ("最短效期", "min_shelf_life_months"), parse=whole(0, 120)),
    Column("给客户时最少剩余效期（天）", "customer_days_left", ("customer_days_left",), parse=whole(0, 3650)),
    Column("调拨时最少剩余效期（天）", "branch_days_left", ("branch_days_left",), parse=whole(0, 3650)),
    Column("安全库存", "reorder_point", ("reorder_point",), parse=whole(0, 1_000_000)),
    Column("在用", "active", ("active",), parse=choice(FLAGS)),
)  # fmt: skip
ITEM_COLUMNS = (
    Column("编码", "code", ("项目编码", "code"), required=True, parse=code),
    Column("项目", "zh", ("项目名称", "名称", "name"), required=True, parse=text(200)),
    Column("英文名", "en", ("英文名称", "english"), parse=text(200)),
    Column("样本", "sample_kind", ("样本类型", "sample_kind"), parse=text(40), hint=_("样本的名称或编码")),
    Column("样本量", "sample_quantity", ("sample_quantity",), parse=text(100)),
    Column("检测盒", "kit", ("kit",), parse=text(40), hint=_("检测盒的名称或编码")),
    Column("采样地点", "sampling_sites", ("sampling_sites",), parse=sites, hint=_("到中心采样、在家采样")),
    Column("出报告天数", "turnaround_days", ("turnaround_days",), parse=whole(1, 365), hint=_("检验室工作日")),
    Column("复查间隔（月）", "repeat_months", ("复查间隔", "repeat_months"), parse=whole(1, 120)),
    Column("价格", "price", ("单价", "售价", "price"), parse=amount, hint=_("元；和现价不同就从导入时起调价，以前的单子不变")),
    Column("调价原因", "reason", ("reason",), parse=text(200)),
    Column("在用", "active", ("active",), parse=choice(FLAGS)),
)  # fmt: skip
LISTS: dict[str, type[Coded]] = {"category": Category, "storage": StorageClass, "sample_kind": SampleKind, "kit": Kit}
NEEDED = {
    "zh": _("新产品要写品名。"), "category": _("新产品要写分类。"), "unit": _("新产品要写单位。"), "storage": _("新产品要写储存条件。"),
    "price": _("新产品要写价格。"),
}  # fmt: skip
NOT_VALUES = frozenset({"code", "price", "reason"})


def take_product(row: Row, context: Context) -> Outcome:
    """One row: an unknown code is entered, a known one changed when the run updates; a price that differs is changed from now on."""
    values = _values(row, context)
    known = Product.objects.filter(code=row.values["code"]).first()
    if known is not None:
        return _update(
            known,
            row,
            context,
            values,
            lambda: edit_product(product=known, values=values, by=context.by, at=context.at),
        )
    missing = [FieldError(key, "required", words) for key, words in NEEDED.items() if row.values[key] is None]
    if missing:
        raise Invalid(missing)
    given = row.values
    made = add_product(code=given["code"], price=given["price"], values=values, by=context.by, at=context.at)
    return Outcome("created", made.pk)


def take_item(row: Row, context: Context) -> Outcome:
    """One row: a known test item is changed; a new one needs analytes, ranges and a guide, which no list can bring."""
    known = TestItem.objects.filter(code=row.values["code"]).first()
    if known is None:
        raise Invalid.one("code", "unknown", _("目录里没有 %(code)s 这个检测项目。") % {"code": row.values["code"]})
    values = _values(row, context)
    return _update(
        known, row, context, values, lambda: edit_test_item(item=known, values=values, by=context.by, at=context.at)
    )


def _update(known: E, row: Row, context: Context, values: dict[str, Any], edit: Callable[[], object]) -> Outcome:
    """Change what differs, the price with its reason."""
    if not context.update:
        raise Invalid.one(
            "code", "taken", _("编码 %(code)s 已经有了；要改已有的，请选“已有的记录也更新”。") % {"code": known.code}
        )
    price = row.values["price"]
    edited = any(getattr(known, key) != value for key, value in values.items())
    priced = price is not None and price != known.price
    if edited:
        edit()
    if priced:
        reason = row.values["reason"] or str(PRICE_REASON)
        change_price(entry=known, price=price, reason=reason, by=context.by, at=context.at)
    return Outcome(Did.UPDATED if edited or priced else Did.UNCHANGED, known.pk)


def _values(row: Row, context: Context) -> dict[str, Any]:
    """The filled cells by field, with the lists looked up; every unknown one is named."""
    values = {key: value for key, value in row.values.items() if value is not None and key not in NOT_VALUES}
    errors = []
    for key in values.keys() & LISTS.keys():
        found = _list(key, context).get(str(values[key]).casefold())
        if found is None:
            words = _("目录里没有“%(text)s”，可以填：%(known)s。")
            known = "、".join(dict.fromkeys(one.zh for one in _list(key, context).values()))
            errors.append(FieldError(key, "unknown", words % {"text": values[key], "known": known}))
        values[key] = found
    if errors:
        raise Invalid(errors)
    return values


def _list(key: str, context: Context) -> dict[str, Coded]:
    """The entries of a list by code and by name, read once a run."""
    memory: dict[str, dict[str, Coded]] = context.memory.setdefault("lists", {})
    if key not in memory:
        entries = list(LISTS[key]._default_manager.all())
        memory[key] = {word.casefold(): one for one in entries for word in (one.en, one.zh, one.code) if word}
    return memory[key]


def authorise(by: User) -> None:
    """Whoever keeps the catalogue. Raises Forbidden."""
    require(by, ProductsPermission.CATALOGUE_EDIT)


def undo(subject_id: int, *, reason: str, by: User, at: datetime) -> None:
    """Take a product out again that nothing uses yet."""
    remove_product(product=Product.objects.get(pk=subject_id), reason=reason, by=by, at=at)


PRODUCTS = register(
    ImportSpec(
        code="products", title=_("产品目录"), columns=COLUMNS, row=take_product, authorise=authorise, subject_kind="products.product",
        undo=undo, updatable=True, note=_("按编码认产品。新产品要写品名、分类、单位、储存条件和价格；已有的只改填了的格子。"),
    )
)  # fmt: skip
ITEMS = register(
    ImportSpec(
        code="test-items", title=_("检测项目"), columns=ITEM_COLUMNS, row=take_item, authorise=authorise, subject_kind="products.item",
        updatable=True, note=_("按编码改目录里已有的项目和价格；参考范围和采样指南在项目的页面上改。"),
    )
)  # fmt: skip


register_list(
    Listed(
        code="products.products", title=_("产品目录"), page="products:products", view=(ProductsPermission.CATALOGUE_VIEW,), rows=products_listed,
        columns=(
            (_("编码"), lambda one: one.code), (_("品名"), lambda one: one.zh), (_("英文名"), lambda one: one.en),
            (_("规格"), lambda one: one.specification), (_("分类"), lambda one: one.category.label), (_("单位"), lambda one: one.unit),
            (_("每件数量"), lambda one: one.pieces_per_pack), (_("储存条件"), lambda one: one.storage.label), (_("价格"), lambda one: one.price),
            (_("出库顺序"), lambda one: one.issue_policy.label), (_("安全库存"), lambda one: one.reorder_point), (_("在用"), lambda one: one.active),
        ),
    )
)  # fmt: skip
register_list(
    Listed(
        code="products.items", title=_("检测项目"), page="products:items", view=(ProductsPermission.CATALOGUE_VIEW,), rows=items_listed,
        columns=(
            (_("编码"), lambda one: one.code), (_("项目"), lambda one: one.zh), (_("英文名"), lambda one: one.en),
            (_("样本"), lambda one: one.sample_kind.label), (_("样本量"), lambda one: one.sample_quantity), (_("检测盒"), lambda one: one.kit.label),
            (_("采样地点"), lambda one: "、".join(one.site_labels)), (_("出报告天数"), lambda one: one.turnaround_days),
            (_("价格"), lambda one: one.price), (_("在用"), lambda one: one.active),
        ),
    )
)  # fmt: skip
