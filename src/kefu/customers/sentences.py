"""What customers say on the timeline."""

from django.utils.translation import gettext_lazy as _

from kefu.customers.models import Customer
from kefu.foundation.sentences.saying import sentence

REGISTERED = sentence("customers.lead.registered", _("登记线索"))
OPENED = sentence("customers.archive.opened", _("建立客户档案"))
NUMBERED = sentence("customers.archive.numbered", _("健康档案号 %(number)s"))
CHANGED = sentence("customers.archive.changed", _("改档案：%(fields)s"))
OWNERS = sentence("customers.owner.changed", _("变更归属：%(names)s"))
CHECKED = sentence("customers.identity.checked", _("核对身份：%(method)s，%(result)s"))
CHECKED_FAMILY = sentence("customers.identity.family_checked", _("核对家人%(name)s的身份：%(method)s，%(result)s"))
CLOSED = sentence("customers.customer.closed", _("关闭客户"))
REOPENED = sentence("customers.customer.reopened", _("恢复客户"))
AGREED = sentence("customers.consent.given", _("同意：%(scope)s（第 %(version)s 版）"))
WITHDRAWN = sentence("customers.consent.withdrawn", _("撤回同意：%(scope)s"))
MERGED = sentence("customers.customer.merged", _("并入%(name)s的档案"))
UNMERGED = sentence("customers.customer.unmerged", _("撤销与%(name)s的档案合并"))
OFFER_MERGED = sentence("customers.owner.offer_merged", _("客户档案已合并"))
MOVED = sentence("customers.owner.moved", _("划转：%(source)s → %(target)s"))
MOVED_BACK = sentence("customers.owner.moved_back", _("撤销划转：回到%(place)s"))
TAKE_AS_MANAGER = sentence("customers.owner.take_as_manager", _("请您接手客户（健康管理师）"))
TAKE_AS_DOCTOR = sentence("customers.owner.take_as_doctor", _("请您接手客户（功能医生）"))
OPENING = sentence("customers.owner.opening", _("建档"))
"""Why somebody became responsible with the archive."""

TRACKED = sentence("customers.standing.tracked", _("追踪：%(grade)s，下次 %(due)s"))
CLASSIFIED = sentence("customers.standing.classified", _("改分类：%(grade)s，下次追踪 %(due)s"))
RUNG = sentence("customers.ladder.moved", _("线索阶梯：%(before)s → %(after)s"))
DEAL = sentence("customers.deal.entered", _("登记合同 %(number)s"))
DEAL_COUNTS = sentence("customers.deal.counts", _("合同 %(number)s 审核通过，计入成交"))
DEAL_REFUSED = sentence("customers.deal.refused", _("合同 %(number)s 审核未通过"))
BROUGHT = sentence("customers.referral.brought", _("转介绍：带来了人"))
WAS_BROUGHT = sentence("customers.referral.was_brought", _("转介绍：由老客户介绍"))
REWARDED = sentence("customers.referral.rewarded", _("转介绍奖励：%(benefit)s"))
FLAGGED = sentence("customers.flag.set", _("标记：%(kind)s"))
UNFLAGGED = sentence("customers.flag.ended", _("取消标记：%(kind)s"))
INCIDENT = sentence("customers.incident.noted", _("记录特殊情形"))
RESTRICTED = sentence("customers.customer.restricted", _("资料限制使用"))
ERASED = sentence("customers.customer.erased", _("资料删除"))
DIED = sentence("customers.customer.died", _("客户已去世"))
DEATH_CORRECTED = sentence("customers.customer.death_corrected", _("更正：客户没有去世"))

FIELDS = {
    field.name: sentence(f"customers.field.{field.name}", field.verbose_name)
    for field in Customer._meta.concrete_fields
    if field.editable and not field.primary_key
}
"""The names of the archive's fields, as a change names them."""

HELD_AS_MANAGER = sentence("customers.leaving.managed", _("客户（健康管理师）"))
HELD_AS_DOCTOR = sentence("customers.leaving.treated", _("客户（功能医生）"))

OPEN_OFFER = sentence("customers.moving.offer", _("等答复的移交"))
OPEN_OFFER_NOTE = sentence("customers.moving.offer_note", _("有移交在等同事答复，先答复或撤回"))
NOT_HERE = sentence("customers.moving.not_here", _("已不在%(place)s"))
NOW_MERGED = sentence("customers.moving.merged", _("档案已并入另一位客户"))
OUT_OF_REACH = sentence("customers.moving.out_of_reach", _("经办人已没有这位客户的权限"))
IN_THE_WAY = sentence("customers.moving.in_the_way", _("%(what)s：%(note)s"))
NO_DOCTOR = sentence("customers.moving.no_doctor", _("没有可接手的功能医生"))
NO_MANAGER = sentence("customers.moving.no_manager", _("没有可接手的健康管理师"))
CHANGED_SINCE = sentence("customers.moving.changed_since", _("划转以后又变更过归属"))
OWNER_GONE = sentence("customers.moving.owner_gone", _("原来的负责人已不在%(place)s"))
NOT_POSSIBLE = sentence("customers.moving.refused", _("没办成：%(why)s"))
PLACE_CLOSED = sentence("customers.moving.closed", _("%(place)s已停用"))
MOVE_STOPPED = sentence(
    "customers.moving.stopped",
    _("%(source)s → %(target)s 的划转停下了：确认的同事已没有这项权限，请有权限的同事再确认"),
)
MOVE_DONE = sentence(
    "customers.moving.done", _("%(source)s → %(target)s 划转完成：成 %(moved)s 位，没成 %(refused)s 位")
)
MOVE_BACK = sentence(
    "customers.moving.back", _("%(source)s → %(target)s 的划转已撤销：撤回 %(back)s 位，没撤回 %(kept)s 位")
)
CAME_TO_YOU = sentence("customers.moving.came", _("%(count)s 位客户划转到您名下（%(target)s）"))
ROLES_TO_MOVE = sentence("customers.moving.roles", _("%(source)s → %(target)s 划转：请办理 %(count)s 个岗位调动"))
INSTRUCTION = sentence("customers.instruction.asked", _("请示"))
