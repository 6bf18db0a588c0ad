"""Looking through the labels of a category, and putting a missing one back (PRD-013)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, record
from kefu.kernel.errors import Invalid, Refused
from kefu.organisation.models import Node, User
from kefu.products.choices import LabelKind
from kefu.products.models import Category, LabelCheck, MissingLabel, Product
from kefu.products.permissions import ProductsPermission
from kefu.products.queries.catalogue import sellable_products

CHECK = "products.label_check"
MISSING = "products.missing_label"


@action
def check_labels(
    *, node: Node, category: Category, missing: Iterable[tuple[Product, str]], by: User, at: datetime
) -> LabelCheck:
    """Keep that the labels of a category at a centre were looked through today, with those that are missing (PRD-013).

    One that was missing before and still is stays one row. Raises Invalid for a product that is not of the category or not on sale, or
    something that is no label; Refused `checked` when a colleague did this portion today, `nothing_there` for a category without products.
    """
    require(by, ProductsPermission.LABELS_CHECK, node_id=node.pk)
    products = {one.pk: one for one in sellable_products().filter(category=category)}
    lacking = {(product.pk, kind) for product, kind in missing}
    if not products:
        raise Refused("nothing_there", _("这个分类里没有在售的产品"))
    if any(pk not in products or kind not in LabelKind.values for pk, kind in lacking):
        raise Invalid.one("missing", "unknown", _("有的产品不在这个分类里，请刷新再填"))
    check = _once(node, category, len(products), by, at)
    MissingLabel.objects.bulk_create(
        (MissingLabel(node=node, product_id=pk, kind=kind, found_in=check) for pk, kind in sorted(lacking)),
        ignore_conflicts=True,
    )
    changes = {"category": (None, category.code), "missing": (None, len(lacking))}
    record("products.labels.checked", by=by, at=at, subject=Subject(CHECK, check.pk), node_id=node.pk, changes=changes)
    return check


def _once(node: Node, category: Category, products: int, by: User, at: datetime) -> LabelCheck:
    day = timezone.localdate(at)
    try:
        with transaction.atomic():
            return LabelCheck.objects.create(node=node, day=day, category=category, products=products, by=by, at=at)
    except IntegrityError as error:
        done = LabelCheck.objects.select_related("by").get(node=node, day=day, category=category)
        words = _("%(category)s今天已由%(name)s查过") % {"category": category.label, "name": done.by.name}
        raise Refused("checked", words) from error


@action
def put_label(*, missing: MissingLabel, by: User, at: datetime) -> MissingLabel:
    """Keep that a missing label hangs again. Raises Refused `put` when somebody was first."""
    require(by, ProductsPermission.LABELS_CHECK, node_id=missing.node_id)
    current = (
        MissingLabel.objects.select_for_update(of=("self",), no_key=True).select_related("product").get(pk=missing.pk)
    )
    if current.put_at is not None:
        raise Refused("put", _("这个标签已经补上了"))
    current.put_by, current.put_at = by, at
    current.save(update_fields=["put_by", "put_at"])
    changes = {"product": (None, current.product.code), "kind": (None, current.kind)}
    record(
        "products.label.put",
        by=by,
        at=at,
        subject=Subject(MISSING, current.pk),
        node_id=current.node_id,
        changes=changes,
    )
    return current
