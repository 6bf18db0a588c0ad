"""Leads and customers, and where they come from (CUS-001..004, ORG-010)."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import ExtractDay, ExtractMonth
from django.utils.translation import gettext_lazy as _

from kefu.customers.choices import CaptureWay, Rung, Stage
from kefu.customers.permissions import CustomerPermission
from kefu.customers.rules import age_on
from kefu.customers.scopes import POOL_RIGHT, customer_scope, sees_resting
from kefu.foundation.access.rules import Permission
from kefu.organisation.choices import Sex
from kefu.organisation.models import Labelled, Node, User

USER = settings.AUTH_USER_MODEL
NEWEST = ("-created_at", "-id")
PENDING_KB = 512
"""Small, so that a search never has to read through many rows the search index has not sorted in yet."""


class Source(Labelled):
    """Where customers come from (CUS-001)."""

    code = models.CharField(_("编码"), max_length=40, unique=True)
    active = models.BooleanField(_("在用"), default=True)
    node = models.ForeignKey(
        Node, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("归属机构"), db_index=False
    )  # of an agent's channel: whoever comes by it belongs to that district (ORG-013)

    class Meta:
        ordering = ["id"]


class CustomerQuerySet(models.QuerySet["Customer"]):
    """Customers, found only within somebody's scope."""

    def visible_to(self, user: User, permission: Permission = CustomerPermission.ARCHIVE_VIEW) -> Self:
        """Only the customers this permission reaches; everything else does not exist for the person (404).

        One who became part of another customer is found under that one (`queries.survivor_of`). Erased ones are left to those who
        decide about such requests.
        """
        found = self.filter(customer_scope(user, permission), merged_into__isnull=True)
        return found if sees_resting(user) else found.filter(erased_at__isnull=True)

    def in_use(self) -> Self:
        """Without those whose data rests or is erased: for lists, exports and everything done to many at once."""
        return self.filter(restricted_at__isnull=True, erased_at__isnull=True)


class Customer(models.Model):
    """A person: first a lead, then a customer with an archive (CUS-001, CUS-002)."""

    name = models.CharField(_("姓名"), max_length=60, blank=True)
    pinyin = models.CharField(max_length=300, blank=True)
    initials = models.CharField(max_length=60, blank=True)
    sex = models.CharField(_("性别"), max_length=10, choices=Sex.choices, blank=True)
    birth_date = models.DateField(_("出生日期"), null=True, blank=True)
    age_stated = models.PositiveSmallIntegerField(_("年龄"), null=True, blank=True)
    age_stated_on = models.DateField(null=True, blank=True)
    stage = models.CharField(_("阶段"), max_length=10, choices=Stage.choices, default=Stage.LEAD)
    archive_number = models.CharField(_("健康档案号"), max_length=20, null=True, unique=True)
    archive_opened_at = models.DateTimeField(_("建档时间"), null=True)
    node = models.ForeignKey(Node, models.PROTECT, related_name="+", verbose_name=_("分中心"), db_index=False)
    doctor = models.ForeignKey(
        USER, models.PROTECT, null=True, related_name="+", verbose_name=_("功能医生"), db_index=False
    )
    health_manager = models.ForeignKey(
        USER, models.PROTECT, null=True, related_name="+", verbose_name=_("健康管理师"), db_index=False
    )
    source = models.ForeignKey(
        Source, models.PROTECT, null=True, related_name="+", verbose_name=_("客户来源"), db_index=False
    )
    remarks = models.TextField(_("备注"), blank=True)
    remarks_none = models.BooleanField(_("没有备注"), default=False)
    capture = models.CharField(_("登记方式"), max_length=15, choices=CaptureWay.choices, blank=True, editable=False)
    paper_mark = models.CharField(_("原件存放处"), max_length=80, blank=True)
    address = models.CharField(_("地址"), max_length=200, blank=True)
    card_number = models.CharField(_("会员卡号"), max_length=40, blank=True)
    occupation = models.CharField(_("职业"), max_length=60, blank=True)
    medical_history = models.TextField(_("基本病史"), blank=True)
    personality = models.CharField(_("性格"), max_length=200, blank=True)
    interests = models.CharField(_("兴趣"), max_length=200, blank=True)
    hobbies = models.CharField(_("爱好"), max_length=200, blank=True)
    special_needs = models.CharField(_("特殊要求"), max_length=200, blank=True)
    caution = models.TextField(_("注意事项"), blank=True)
    rung = models.PositiveSmallIntegerField(_("线索阶梯"), choices=Rung.choices, default=Rung.LEAD, editable=False)
    sorted_on = models.DateField(null=True, editable=False)
    created_by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    created_at = models.DateTimeField(_("登记时间"))
    version = models.PositiveIntegerField(default=1)
    closed_at = models.DateTimeField(_("关闭时间"), null=True)
    closed_reason = models.CharField(_("关闭原因"), max_length=200, blank=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="aliases", editable=False, db_index=False
    )
    restricted_at = models.DateTimeField(_("限制使用"), null=True, editable=False)
    erased_at = models.DateTimeField(_("资料删除"), null=True, editable=False)
    search_text = models.TextField(default="")
    grams = ArrayField(models.TextField(), default=list)
    medical_grams = ArrayField(models.TextField(), default=list)

    objects = CustomerQuerySet.as_manager()

    class Meta:
        ordering = NEWEST
        indexes = [
            models.Index(fields=NEWEST, name="customer_newest"),
            models.Index(fields=["node", *NEWEST], name="customer_of_node"),
            models.Index(fields=["doctor", *NEWEST], name="customer_of_doctor"),
            models.Index(fields=["health_manager", *NEWEST], name="customer_of_manager"),
            models.Index(fields=["node", *NEWEST], name="customer_pool", condition=Q(health_manager__isnull=True)),
            models.Index(
                fields=["capture", *NEWEST], name="customer_capture", condition=~Q(capture__in=("", CaptureWay.COUNTER))
            ),
            models.Index(fields=["node", "-rung", "id"], name="lead_of_node", condition=Q(stage=Stage.LEAD)),
            models.Index(
                fields=["health_manager", "-rung", "id"], name="lead_of_manager", condition=Q(stage=Stage.LEAD)
            ),
            models.Index(fields=["name"], name="customer_name"),
            models.Index(ExtractMonth("birth_date") * 100 + ExtractDay("birth_date"), name="customer_birthday"),
            models.Index(
                fields=["restricted_at"], name="customer_restricted", condition=Q(restricted_at__isnull=False)
            ),
            models.Index(fields=["merged_into"], name="customer_merged", condition=Q(merged_into__isnull=False)),
            models.Index(fields=["card_number"], name="customer_card", condition=~Q(card_number="")),
            GinIndex(fields=["grams"], name="customer_grams", gin_pending_list_limit=PENDING_KB),
            GinIndex(
                fields=["medical_grams"],
                name="customer_medical",
                gin_pending_list_limit=PENDING_KB,
                condition=~Q(medical_history=""),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="customer_archive_complete",
                condition=~Q(stage=Stage.ACTIVE)
                | (
                    ~Q(name="")
                    & (Q(birth_date__isnull=False) | Q(age_stated__isnull=False))
                    & Q(
                        doctor__isnull=False,
                        health_manager__isnull=False,
                        source__isnull=False,
                        archive_opened_at__isnull=False,
                    )
                    & (~Q(remarks="") | Q(remarks_none=True))
                ),
            ),
            models.CheckConstraint(
                name="customer_erased_is_closed",
                condition=Q(erased_at__isnull=True)
                | Q(stage=Stage.CLOSED, restricted_at__isnull=True, archive_number__isnull=True, search_text=""),
            ),
            models.CheckConstraint(
                name="customer_closed_says_why",
                condition=~Q(stage=Stage.CLOSED) | (Q(closed_at__isnull=False) & ~Q(closed_reason="")),
            ),
            models.CheckConstraint(
                name="customer_merged_is_closed",
                condition=Q(merged_into__isnull=True) | (Q(stage=Stage.CLOSED) & ~Q(merged_into=F("id"))),
            ),
            models.CheckConstraint(
                name="customer_age_has_day", condition=Q(age_stated__isnull=True) | Q(age_stated_on__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def owner_ids(self) -> frozenset[int]:
        """The doctor and the health manager whose own customer this is (ORG-010)."""
        return frozenset(owner for owner in (self.doctor_id, self.health_manager_id) if owner is not None)

    @property
    def pool_right(self) -> Permission | None:
        """The right that makes it one's own while no health manager is responsible: the unassigned pool (ORG-010)."""
        return POOL_RIGHT if self.health_manager_id is None else None

    def age(self, on: date) -> int | None:
        """Age in full years on a day, from the birth date or the age once stated."""
        return age_on(on, birth_date=self.birth_date, stated=self.age_stated, stated_on=self.age_stated_on)
