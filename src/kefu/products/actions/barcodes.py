"""The trade numbers of a product: on the pack and on the outer case (PRD-001)."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import action, nothing_changed, record
from kefu.kernel.errors import FieldError, Invalid
from kefu.kernel.names import normalise
from kefu.kernel.scans import is_gtin
from kefu.organisation.models import User
from kefu.products.changing import locked, subject_of
from kefu.products.models import Barcode, Product
from kefu.products.permissions import ProductsPermission

MOST_PACKS = 10_000
DIGITS = 14


@action
def write_barcodes(
    *, product: Product, gtin: str, case_gtin: str = "", packs_per_case: int | None = None, by: User, at: datetime
) -> list[Barcode]:
    """Set the number on the pack and, if it comes in one, that of the outer case with its packs; empty takes a number away.

    Numbers may be written in 8, 12, 13 or 14 digits and are kept in 14. Raises Invalid for a wrong check digit, a case without packs,
    or a number another product, or the other level of this one, has.
    """
    require(by, ProductsPermission.CATALOGUE_EDIT)
    wanted = _read(gtin, case_gtin, packs_per_case)
    current = locked(product)
    before = {one.gtin: one.packs for one in current.barcodes.all()}
    if wanted == before:
        nothing_changed()
        return list(current.barcodes.all())
    current.barcodes.all().delete()
    for number, packs in wanted.items():
        _write(current, number, packs)
    record(
        "products.barcodes.written", by=by, at=at, subject=subject_of(current),
        changes={"barcodes": (_told(before), _told(wanted))},
    )  # fmt: skip
    return list(current.barcodes.all())


def _read(gtin: str, case_gtin: str, packs: int | None) -> dict[str, int]:
    faults, numbers = [], {}
    for field, text in (("gtin", gtin), ("case_gtin", case_gtin)):
        digits = normalise(text).replace(" ", "").replace("-", "")
        numbers[field] = digits.zfill(DIGITS) if digits else ""
        if digits and not is_gtin(digits):
            faults.append(FieldError(field, "gtin", _("条码要有 8、12、13 或 14 位数字，最后一位校验位要对")))
    if numbers["case_gtin"] and not (packs and 2 <= packs <= MOST_PACKS):
        faults.append(FieldError("packs_per_case", "required", _("有外箱条码，要写每箱多少件（2 到 10000）")))
    if packs is not None and not numbers["case_gtin"]:
        faults.append(FieldError("case_gtin", "required", _("写了每箱件数，也要写外箱条码")))
    if numbers["case_gtin"] and numbers["case_gtin"] == numbers["gtin"]:
        faults.append(FieldError("case_gtin", "same", _("外箱条码不能和单件条码一样")))
    if faults:
        raise Invalid(faults)
    pairs = ((numbers["gtin"], 1), (numbers["case_gtin"], packs or 0))
    return {number: level for number, level in pairs if number}


def _write(product: Product, gtin: str, packs: int) -> None:
    try:
        with transaction.atomic():
            Barcode.objects.create(product=product, gtin=gtin, packs=packs)
    except IntegrityError as error:
        other = Barcode.objects.select_related("product").filter(gtin=gtin).first()
        words = _("这个条码已经登记在%(name)s上") % {"name": other.product.label if other else "–"}
        raise Invalid.one("gtin" if packs == 1 else "case_gtin", "taken", words) from error


def _told(numbers: dict[str, int]) -> str:
    return "、".join(f"{number}×{packs}" for number, packs in numbers.items())
