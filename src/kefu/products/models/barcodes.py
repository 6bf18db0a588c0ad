"""Trade numbers under the bars: of a pack, and of the outer case it comes in (PRD-001)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kefu.products.models.goods import Product


class Barcode(models.Model):
    """A GTIN in 14 digits and how many packs it stands for: 1 on the pack itself, more on an outer case. One number is one thing."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="barcodes", db_index=False)
    gtin = models.CharField(_("条码"), max_length=14, unique=True)
    packs = models.PositiveIntegerField(_("每箱件数"), default=1)

    class Meta:
        ordering = ["product_id", "packs"]
        constraints = [
            models.CheckConstraint(condition=Q(gtin__regex=r"^[0-9]{14}$"), name="barcode_digits"),
            models.CheckConstraint(condition=Q(packs__gte=1), name="barcode_packs"),
            models.UniqueConstraint(fields=["product"], name="barcode_pack_once", condition=Q(packs=1)),
            models.UniqueConstraint(fields=["product"], name="barcode_case_once", condition=Q(packs__gt=1)),
        ]
