"""What a category needs to know of a product before it is sold, and errors that colleagues find (PRD-015)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import CharField
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, nothing_changed, record
from kefu.foundation.notices.actions import tell
from kefu.kernel.errors import Invalid, Refused
from kefu.organisation.models import User
from kefu.products.actions.goods import edit_product
from kefu.products.choices import Fact, ReportState
from kefu.products.models import Category, FactReport, Product
from kefu.products.permissions import ProductsPermission
from kefu.products.sentences import REPORT_ANSWERED, REPORT_CORRECTED

WRITABLE = frozenset({Fact.SPECIFICATION, Fact.MATERIAL, Fact.MEASUREMENTS, Fact.FEATURES, Fact.CAUTIONS})
"""Facts that are text of the product, so that a correction is a new text."""
REPORT = "products.report"


@action
def need_facts(*, category: Category, facts: Iterable[str], by: User, at: datetime) -> Category:
    """Say which facts a product of the category must have before it can be prescribed or sold (PRD-015).

    Products that lack one are not sold from now on. Raises Invalid for something that is no fact.
    """
    require(by, ProductsPermission.CATALOGUE_EDIT)
    wanted = set(facts)
    if wanted - set(Fact.values):
        raise Invalid.one("facts", "unknown", _("没有这项资料"))
    current = Category.objects.select_for_update(no_key=True).get(pk=category.pk)
    needed = [fact for fact in Fact.values if fact in wanted]
    if needed == current.needed_facts:
        nothing_changed()
        return current
    changes = {"needed_facts": ("、".join(current.needed_facts), "、".join(needed))}
    current.needed_facts = needed
    current.save(update_fields=["needed_facts"])
    record("products.facts.needed", by=by, at=at, subject=Subject("products.category", current.pk), changes=changes)
    return current


@action
def report_error(*, product: Product, fact: str, text: str, by: User, at: datetime) -> FactReport:
    """Tell whoever keeps the catalogue that a fact is wrong (PRD-015). Raises Invalid without words or for something that is no fact."""
    require(by, ProductsPermission.CATALOGUE_VIEW)
    if fact not in Fact.values:
        raise Invalid.one("fact", "unknown", _("没有这项资料"))
    if not text.strip():
        raise Invalid.one("text", "required", _("请写明哪里不对、应该是什么"))
    made = FactReport.objects.create(product=product, fact=fact, text=text.strip()[:300], by=by, at=at)
    changes = {"product": (None, product.code), "fact": (None, fact), "text": (None, made.text)}
    record("products.report.made", by=by, at=at, subject=Subject(REPORT, made.pk), changes=changes)
    return made


@action
def settle_report(
    *, report: FactReport, state: ReportState, answer: str, value: str = "", by: User, at: datetime
) -> FactReport:
    """Correct the fact, or answer why it is right; who reported it hears (PRD-015).

    A correction of a text brings the new text in `value`, which changes the product in the same transaction. Raises Invalid without an
    answer, or for a correction that changes nothing; Refused `settled` when somebody else was first.
    """
    require(by, ProductsPermission.CATALOGUE_EDIT)
    if state not in (ReportState.CORRECTED, ReportState.ANSWERED):
        raise Invalid.one("state", "unknown", _("请选已更正，或者资料无误"))
    if not answer.strip():
        raise Invalid.one("answer", "required", _("请写一句答复，报错的同事会看到"))
    rows = FactReport.objects.select_for_update(of=("self",), no_key=True).select_related("product__category", "by")
    current = rows.get(pk=report.pk)
    if current.state != ReportState.OPEN:
        raise Refused("settled", _("这条报错已经有人处理过了"))
    if state == ReportState.CORRECTED and current.fact in WRITABLE:
        _correct(current, value, by, at)
    current.state, current.answer, current.settled_by, current.settled_at = state, answer.strip()[:300], by, at
    current.save()
    changes = {"state": (ReportState.OPEN, state), "answer": (None, current.answer)}
    record("products.report.settled", by=by, at=at, subject=Subject(REPORT, current.pk), changes=changes)
    sentence = REPORT_CORRECTED if state == ReportState.CORRECTED else REPORT_ANSWERED
    said = sentence(product=current.product, answer=current.answer)
    link = reverse("products:product", args=[current.product.code])
    tell(users=[current.by], code="products.report.settled", text=said, link=link, at=at)
    return current


def _correct(report: FactReport, value: str, by: User, at: datetime) -> None:
    new, before = value.strip(), getattr(report.product, report.fact)
    if not new:
        raise Invalid.one("value", "required", _("请写更正后的内容"))
    if len(new) > _longest(report.fact):
        raise Invalid.one(
            "value", "max_length", _("更正后的内容太长，最多 %(most)d 个字") % {"most": _longest(report.fact)}
        )
    if new == before:
        raise Invalid.one("value", "unchanged", _("和现在的内容一样；如果资料没有错，请选资料无误"))
    edit_product(product=report.product, values={report.fact: new}, by=by, at=at)


def _longest(fact: str) -> int:
    field = Product._meta.get_field(fact)
    return field.max_length or 0 if isinstance(field, CharField) else 0
