"""What customers wish for the shipping of an order, and what the dispatch department replies (STK-025)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kefu.customers.scopes import customer_scope, in_use
from kefu.dispatch.choices import WISH_TONES, Side, WishState
from kefu.dispatch.permissions import DispatchPermission
from kefu.foundation.access.queries import scope
from kefu.foundation.ui.inputs import Status
from kefu.organisation.models import User
from kefu.sales.models import Purchase
from kefu.sales.permissions import SalesPermission
from kefu.stock.models import Warehouse

USER = settings.AUTH_USER_MODEL


class WishQuerySet(models.QuerySet["Wish"]):
    """Wishes within a user's reach."""

    def visible_to(self, user: User) -> WishQuerySet:
        """Those of the registers the person may see, and of customers the person sells to."""
        department = scope(user, DispatchPermission.VIEW, node="warehouse__node_id") & in_use(
            user, "purchase__customer__"
        )
        selling = customer_scope(user, SalesPermission.ENTER, "purchase__customer__")
        return self.filter(
            Q(pk__in=self.model.objects.filter(department)) | Q(pk__in=self.model.objects.filter(selling))
        )


class Wish(models.Model):
    """A wish about the shipping of an order. What was said stands in its notes; the state says whose turn it is."""

    purchase = models.ForeignKey(Purchase, models.PROTECT, related_name="shipping_wishes")
    warehouse = models.ForeignKey(Warehouse, models.PROTECT, related_name="+", verbose_name=_("库房"))
    wanted_on = models.DateField(_("希望到货"), null=True)
    state = models.CharField(_("状态"), max_length=10, choices=WishState.choices, default=WishState.OPEN)
    answer_by = models.DateTimeField(_("回复期限"))
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(_("时间"))

    objects = WishQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["state", "-id"], name="wish_state")]

    @property
    def status(self) -> Status:
        """The state as it is shown: colour, icon and word."""
        tone, icon = WISH_TONES[WishState(self.state)]
        return Status(tone, icon, self.get_state_display())


class WishNote(models.Model):
    """What one side said; never changed."""

    wish = models.ForeignKey(Wish, models.PROTECT, related_name="notes")
    side = models.CharField(_("谁说的"), max_length=10, choices=Side.choices)
    text = models.CharField(_("内容"), max_length=500)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(_("时间"))

    class Meta:
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="wish_note_says_something")]


class WishReading(models.Model):
    """That the other side has read a note: who first, and when."""

    note = models.OneToOneField(WishNote, models.PROTECT, related_name="reading")
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(_("时间"))
