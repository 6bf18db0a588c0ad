"""The book: balances that cannot fall below zero, and the append-only moves they are the sum of."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Value
from django.utils.translation import gettext_lazy as _

from kefu.products.models import Product
from kefu.stock.choices import NOT_THERE, MoveKind, Quality, ReservationState, ZonePurpose
from kefu.stock.models.places import Lot, Warehouse, Zone


class PlusDays(models.Func):
    """A date so many days later."""

    template = "(%(expressions)s)"
    arg_joiner = " + "
    output_field = models.DateField()


class BalanceQuerySet(models.QuerySet["Balance"]):
    """Balances by what may be done with them."""

    def lying(self) -> BalanceQuerySet:
        """What is there: goods on their way here are not yet, goods that are lent no longer."""
        return self.filter(quantity__gt=0).exclude(zone__purpose__in=NOT_THERE)

    def pickable(self, today: date, *, to_branch: bool = False) -> BalanceQuerySet:
        """What may leave: good, on a shelf, not recalled, not all set aside, and its last day of issue not past (STK-005)."""
        days = F("product__branch_days_left" if to_branch else "product__customer_days_left")
        last = PlusDays(Value(today), days)
        return self.filter(
            Q(lot__expiry__isnull=True) | Q(lot__expiry__gte=last),
            quality=Quality.GOOD,
            zone__purpose=ZonePurpose.SHELF,
            lot__recalled=False,
            quantity__gt=F("reserved"),
        )


class Balance(models.Model):
    """Packs of one lot in one zone in one state; `reserved` of them are set aside for somebody.

    `warehouse` and `product` repeat what zone and lot say, for the index.
    """

    warehouse = models.ForeignKey(Warehouse, models.PROTECT, related_name="balances", db_index=False)
    product = models.ForeignKey(Product, models.PROTECT, related_name="balances")
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="balances", db_index=False)
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="balances")
    quality = models.CharField(_("质量"), max_length=8, choices=Quality.choices, default=Quality.GOOD)
    quantity = models.IntegerField(_("数量"), default=0)
    reserved = models.IntegerField(_("已留"), default=0, db_default=0)

    objects = BalanceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gte=0), name="balance_not_negative"),
            models.CheckConstraint(
                condition=Q(reserved__gte=0, reserved__lte=F("quantity")), name="balance_reserved_is_there"
            ),
            models.UniqueConstraint(fields=["zone", "lot", "quality"], name="balance_once"),
        ]
        indexes = [
            models.Index(fields=["warehouse", "product"], name="balance_on_hand", condition=Q(quantity__gt=0)),
        ]

    @property
    def free(self) -> int:
        """Packs that nobody has set aside."""
        return self.quantity - self.reserved


class Reservation(models.Model):
    """Packs of one balance set aside for a record of an upper module; the open ones of a balance are its `reserved`."""

    balance = models.ForeignKey(Balance, models.PROTECT, related_name="reservations", db_index=False)
    packs = models.PositiveIntegerField(_("数量"))
    reason = models.CharField(_("换批原因"), max_length=200, blank=True)
    state = models.CharField(max_length=8, choices=ReservationState.choices, default=ReservationState.OPEN)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(_("时间"))
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(packs__gt=0), name="reservation_packs"),
            models.CheckConstraint(
                condition=Q(state=ReservationState.OPEN, ended_at__isnull=True)
                | ~Q(state=ReservationState.OPEN) & Q(ended_at__isnull=False),
                name="reservation_ended_says_when",
            ),
        ]
        indexes = [
            models.Index(fields=["balance", "-id"], name="reservation_open", condition=Q(state=ReservationState.OPEN)),
            models.Index(fields=["subject_kind", "subject_id"], name="reservation_subject"),
        ]


class Move(models.Model):
    """A change of one balance. A trigger refuses to change or delete it; mistakes are mended by a counter move."""

    balance = models.ForeignKey(Balance, models.PROTECT, related_name="moves", db_index=False)
    kind = models.CharField(_("类别"), max_length=12, choices=MoveKind.choices)
    quantity = models.IntegerField(_("数量"))
    subject_kind = models.CharField(max_length=40, blank=True)
    subject_id = models.BigIntegerField(null=True)
    reason = models.CharField(_("原因"), max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(_("时间"))

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(quantity=0), name="move_moves")]
        indexes = [models.Index(fields=["balance", "-id"], name="move_latest")]


class LotCheck(models.Model):
    """Somebody looked at a slow lot on the shelf (STK-014)."""

    warehouse = models.ForeignKey(Warehouse, models.PROTECT, related_name="+", db_index=False)
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="checks", db_index=False)
    note = models.CharField(_("情况"), max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(_("时间"))

    class Meta:
        indexes = [models.Index(fields=["lot", "warehouse", "-at"], name="lot_check_latest")]
