"""The customer list as people make it their own, and what can be done with many customers at once: always the verb of the customer's own page."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.customers import queries
from kefu.customers.actions import assign_owner, close_customer, offer_customer
from kefu.customers.actions.standing import Classified, classify
from kefu.customers.bulk_forms import ImportanceForm, OfferForm, OwnersForm, ReasonForm
from kefu.customers.columns import COLUMNS
from kefu.customers.holding import held, hold
from kefu.customers.models import NEWEST, Customer, Standing
from kefu.customers.narrowing import BY_NUMBER, ListForm
from kefu.customers.permissions import CustomerPermission
from kefu.foundation.access.checks import allowed
from kefu.foundation.access.rules import Permission
from kefu.foundation.lists.specs import BulkAction, ListSpec, Named
from kefu.kernel.errors import Refused
from kefu.organisation.models import User


def _rows(user: User, params: QueryDict, at: datetime) -> QuerySet[Customer]:
    return queries.listed(user, ListForm(params).narrow(timezone.localdate(at)))


def _named(one: Customer) -> Named:
    number = one.archive_number or str(one.get_stage_display())
    return Named(number, one.name or str(_("未留姓名")), reverse("customers:page", args=[one.pk]))


def _reaches(user: User, permission: Permission, one: Customer) -> bool:
    return allowed(user, permission, customer=one)


CUSTOMERS = ListSpec(
    code="customers", title=_("客户"), url_name="customers:list", permission=CustomerPermission.ARCHIVE_VIEW,
    share=CustomerPermission.OWNER_ASSIGN, columns=COLUMNS, orders={"newest": NEWEST, BY_NUMBER: queries.NUMBERED},
    filters=("node", "health_manager", "doctor", "stage", "pool", "capture", "segment", "tier"), visible=Customer.objects.visible_to, rows=_rows, named=_named,
    reaches=_reaches, export=lambda: reverse("customers:export"), export_needs=CustomerPermission.LIST_EXPORT,
)  # fmt: skip


def _assign(one: Customer, given: dict[str, Any], *, by: User, at: datetime) -> object:
    return assign_owner(
        customer=one,
        doctor=given["doctor"],
        health_manager=given["health_manager"],
        reason=given["reason"],
        by=by,
        at=at,
    )


def _offer(one: Customer, given: dict[str, Any], *, by: User, at: datetime) -> object:
    return offer_customer(customer=one, to=given["to"], role=given["role"], reason=given["reason"], by=by, at=at)


def _take(one: Customer, given: dict[str, Any], *, by: User, at: datetime) -> object:
    if held(one).health_manager_id is not None:
        raise Refused("taken", _("已经有健康管理师负责，没有变更。"))
    return assign_owner(customer=one, health_manager=by, reason=given["reason"], by=by, at=at)


def _importance(one: Customer, given: dict[str, Any], *, by: User, at: datetime) -> object:
    hold(one.pk)
    standing = Standing.objects.filter(customer=one).first()
    if standing is None:
        raise Refused("not_graded", _("还没有评级，请先写一次追踪。"))
    classes = {each.name: getattr(standing, each.name) for each in fields(Classified)}
    return classify(
        customer=one,
        classes=Classified(**classes | {"importance": given["importance"]}),
        reason=given["reason"],
        by=by,
        at=at,
    )


def _close(one: Customer, given: dict[str, Any], *, by: User, at: datetime) -> object:
    return close_customer(customer=one, reason=given["reason"], by=by, at=at)


RIGHT = CustomerPermission
BULK = (
    BulkAction("customers", "assign", _("变更归属"), "user-check", 10, (RIGHT.OWNER_ASSIGN,), OwnersForm, _assign,
               _("变更后立即生效，新的负责人能看到这些客户。")),
    BulkAction("customers", "take", _("由我接手"), "user-plus", 20, (RIGHT.ARCHIVE_EDIT,), ReasonForm, _take,
               _("未分配的客户由您负责；已有负责人的不变。")),
    BulkAction("customers", "offer", _("移交客户"), "arrows-exchange", 30, (RIGHT.ARCHIVE_VIEW,), OfferForm, _offer,
               _("对方逐位接受后才生效，在此之前仍由原负责人负责。")),
    BulkAction("customers", "importance", _("改重要程度"), "star", 40, (RIGHT.GRADING_TRACK,), ImportanceForm, _importance,
               _("等级和下次追踪不变。")),
    BulkAction("customers", "close", _("关闭客户"), "lock", 90, (RIGHT.ARCHIVE_EDIT, RIGHT.OWNER_ASSIGN), ReasonForm, _close,
               _("进行中的服务流程会结束，电话号码可登记给别人；档案和时间线都保留，可以逐位恢复。")),
)  # fmt: skip
