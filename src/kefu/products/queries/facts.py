"""What is known of products, what is missing before they are sold, and errors found in it (PRD-015)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from kefu.foundation.files.models import Attachment
from kefu.organisation.models import User
from kefu.products import rules
from kefu.products.choices import Fact, ReportState
from kefu.products.models import Barcode, FactReport, Product

SUBJECT = "products.product"
PICTURE = "picture"
USUAL_PACKING = (_("气泡膜包好"), _("装进纸箱"), _("箱内无空隙"))
_TEXTS = (Fact.SPECIFICATION, Fact.MATERIAL, Fact.MEASUREMENTS, Fact.FEATURES, Fact.CAUTIONS)


def missing_facts(products: Iterable[Product]) -> dict[int, tuple[Fact, ...]]:
    """By product id, what its category needs and it does not have yet; empty for those that may be sold (PRD-015).

    Products that are not sold separately need nothing. The categories must be loaded. Two queries, however many products.
    """
    rows = [product for product in products if product.sold_separately and product.category.needed_facts]
    ids = [product.pk for product in rows]
    pictured = _pictured(ids) if _any_needs(rows, Fact.PICTURE) else set()
    coded = _coded(ids) if _any_needs(rows, Fact.BARCODE) else set()
    lacking: dict[int, tuple[Fact, ...]] = {}
    for product in rows:
        told = [fact for fact in _TEXTS if getattr(product, fact)]
        told += [Fact.PICTURE] * (product.pk in pictured) + [Fact.BARCODE] * (product.pk in coded)
        if missing := rules.missing_facts(product.category.needed_facts, told):
            lacking[product.pk] = tuple(Fact(fact) for fact in missing)
    return lacking


def incomplete() -> Q:
    """The condition on products that lack a fact their category needs: what `missing_facts` says, in the database."""
    pictures = Attachment.objects.counting().filter(subject_kind=SUBJECT, kind=PICTURE, subject_id=OuterRef("pk"))
    conditions = {
        Fact.PICTURE: ~Exists(pictures),
        Fact.BARCODE: ~Exists(Barcode.objects.filter(product=OuterRef("pk"), packs=1)),
    } | {fact: Q(**{fact: ""}) for fact in _TEXTS}
    lacking = Q()
    for fact, absent in conditions.items():
        lacking |= Q(category__needed_facts__contains=[fact]) & Q(absent)
    return lacking & Q(sold_separately=True)


def facts_told(facts: Iterable[Fact]) -> str:
    """Names of facts in a line of text."""
    return "、".join(str(fact.label) for fact in facts)


def _any_needs(products: Iterable[Product], fact: Fact) -> bool:
    return any(fact in product.category.needed_facts for product in products)


def _pictured(ids: list[int]) -> set[int]:
    pictures = Attachment.objects.counting().filter(subject_kind=SUBJECT, kind=PICTURE, subject_id__in=ids)
    return set(pictures.values_list("subject_id", flat=True))


def _coded(ids: list[int]) -> set[int]:
    return set(Barcode.objects.filter(product__in=ids, packs=1).values_list("product_id", flat=True))


def packing_of(product: Product) -> tuple[str, ...]:
    """The steps in which a product is packed, in the reader's words (STK-007)."""
    usual = [str(step) for step in USUAL_PACKING]
    return rules.packing_steps(product.packing, usual, fragile=product.fragile)


def reports_listed(_user: User, asked: Mapping[str, str], _at: datetime) -> QuerySet[FactReport]:
    """Errors found in facts, newest first, of one state (`state`)."""
    rows = FactReport.objects.select_related("product__category", "by", "settled_by")
    state = asked.get("state", "")
    return (rows.filter(state=state) if state in ReportState.values else rows).order_by("-id")
