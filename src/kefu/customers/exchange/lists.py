"""The lists beside the archive itself, taken away as spreadsheets: what is to be tracked, who brought whom, what waits for a decision."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from kefu.administration.permissions import AdministrationPermission
from kefu.customers.models import Customer, Referral, Standing
from kefu.customers.permissions import CustomerPermission
from kefu.customers.queries.merges import pairs_listed
from kefu.customers.queries.moves import moves_listed
from kefu.customers.queries.privacy import requests_listed
from kefu.customers.queries.referrals import plans_listed, referrals_listed
from kefu.customers.queries.standing import Urgencies, leads_listed, trackings_listed
from kefu.customers.referrals_tab import name_of
from kefu.customers.scopes import customer_scope
from kefu.foundation.exchange.lists import Listed, register
from kefu.organisation.models import User

RIGHT = CustomerPermission


def with_urgency(standings: Sequence[Standing], _user: User, at: datetime) -> Iterable[tuple[Standing, object]]:
    """Each standing with how soon to act."""
    urgencies = Urgencies(at)
    for one in standings:
        urgency = urgencies.of(one.expected_on)
        yield one, urgency.label if urgency else ""


def with_referred(
    referrals: Sequence[Referral], user: User, _at: datetime
) -> Iterable[tuple[Referral, object, int | None]]:
    """Each referral with who was brought: only where the person sees that customer and may take him or her away."""
    seen = Customer.objects.visible_to(user).filter(customer_scope(user, RIGHT.LIST_EXPORT))
    known = set(seen.filter(pk__in=[one.referred_id for one in referrals]).values_list("pk", flat=True))
    for one in referrals:
        yield one, name_of(one.referred, known), one.referred_id if one.referred_id in known else None


TRACKINGS = Listed(
    code="customers.trackings", title=_("追踪"), page="customers:trackings", view=(RIGHT.GRADING_VIEW,), rows=trackings_listed,
    nodes=("customer__node_id",), customers=lambda line: (line[0].customer_id,), read=with_urgency,
    columns=(
        (_("应于"), lambda line: line[0].due_on), (_("客户"), lambda line: line[0].customer.name), (_("分中心"), lambda line: line[0].customer.node.label),
        (_("健康管理师"), lambda line: line[0].customer.health_manager.name if line[0].customer.health_manager else ""),
        (_("等级"), lambda line: line[0].get_grade_display()), (_("需求"), lambda line: line[0].get_demand_display()),
        (_("成交状态"), lambda line: line[0].get_deal_state_display()), (_("重要程度"), lambda line: line[0].get_importance_display()),
        (_("紧急程度"), lambda line: line[1]), (_("上次追踪"), lambda line: line[0].tracked_on),
    ),
)  # fmt: skip
LEADS = Listed(
    code="customers.leads", title=_("线索整理"), page="customers:leads", view=(RIGHT.GRADING_TRACK,), rows=leads_listed,
    nodes=("node_id",), customers=lambda one: (one.pk,),
    columns=(
        (_("线索阶梯"), lambda one: one.get_rung_display()), (_("姓名"), lambda one: one.name), (_("分中心"), lambda one: one.node.label),
        (_("客户来源"), lambda one: one.source.label if one.source else ""),
        (_("健康管理师"), lambda one: one.health_manager.name if one.health_manager else ""), (_("登记时间"), lambda one: one.created_at),
    ),
)  # fmt: skip
REFERRALS = Listed(
    code="customers.referrals", title=_("转介绍"), page="customers:referrals", view=(RIGHT.GRADING_VIEW,), rows=referrals_listed,
    nodes=("referrer__node_id",), customers=lambda line: (line[0].referrer_id, line[2]), read=with_referred,
    columns=(
        (_("日期"), lambda line: line[0].on), (_("介绍人"), lambda line: line[0].referrer.name), (_("被介绍的人"), lambda line: line[1]),
        (_("进展"), lambda line: line[0].get_came_to_display()),
        (_("给介绍人的好处"), lambda line: line[0].reward.benefit if hasattr(line[0], "reward") else ""), (_("经办"), lambda line: line[0].by.name),
    ),
)  # fmt: skip
PLANS = Listed(
    code="customers.referral_plans", title=_("转介绍奖励"), page="customers:referral_plans", view=(RIGHT.REFERRAL_PLANS,), rows=plans_listed,
    nodes=("node_id",),
    columns=(
        (_("名称"), lambda one: one.name), (_("给介绍人的好处"), lambda one: one.benefit), (_("走到哪一步给"), lambda one: one.get_earned_at_display()),
        (_("机构"), lambda one: one.node.label), (_("自"), lambda one: one.valid_from), (_("至"), lambda one: one.valid_to),
    ),
)  # fmt: skip
REQUESTS = Listed(
    code="customers.privacy_requests", title=_("资料要求"), page="customers:privacy_requests", view=(RIGHT.PRIVACY_DECIDE,), rows=requests_listed,
    nodes=("customer__node_id",), customers=lambda one: (one.customer_id,),
    columns=(
        (_("客户"), lambda one: one.customer.name), (_("分中心"), lambda one: one.customer.node.label), (_("要求"), lambda one: one.get_kind_display()),
        (_("谁提出的"), lambda one: one.get_asker_display()), (_("状态"), lambda one: one.get_state_display()), (_("答复期限"), lambda one: one.due_on),
        (_("登记"), lambda one: one.by.name), (_("登记时间"), lambda one: one.at),
    ),
)  # fmt: skip
PAIRS = Listed(
    code="customers.pairs", title=_("可能是同一个人"), page="customers:pairs", view=(RIGHT.MERGE,), rows=pairs_listed,
    nodes=("first__node_id", "second__node_id"), customers=lambda one: (one.first_id, one.second_id),
    columns=(
        (_("先登记的"), lambda one: one.first.name), (_("先登记的档案号"), lambda one: one.first.archive_number or one.first.get_stage_display()),
        (_("先登记的分中心"), lambda one: one.first.node.label), (_("后登记的"), lambda one: one.second.name),
        (_("后登记的档案号"), lambda one: one.second.archive_number or one.second.get_stage_display()),
        (_("后登记的分中心"), lambda one: one.second.node.label), (_("为什么"), lambda one: one.get_why_display()),
    ),
)  # fmt: skip
MOVES = Listed(
    code="customers.moves", title=_("属地划转"), page="customers:territory_moves", view=(RIGHT.TERRITORY_MOVE, AdministrationPermission.ROLE_EDIT), rows=moves_listed,
    nodes=("source_id", "target_id"),
    columns=(
        (_("从"), lambda one: one.source.label), (_("到"), lambda one: one.target.label), (_("原因"), lambda one: one.reason),
        (_("生效日期"), lambda one: one.on), (_("客户"), lambda one: one.total), (_("已划转"), lambda one: one.gone),
        (_("状态"), lambda one: one.get_state_display()), (_("经办"), lambda one: one.made_by.name),
    ),
)  # fmt: skip
for listed in (TRACKINGS, LEADS, REFERRALS, PLANS, REQUESTS, PAIRS, MOVES):
    register(listed)
