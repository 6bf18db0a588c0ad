"""What follow-ups say: on the timeline, as their topics, and as reasons of the program itself."""

from django.utils.translation import gettext_lazy as _

from kefu.followup.choices import Basis
from kefu.foundation.sentences.saying import sentence
from kefu.messaging.choices import Outcome

AFTER_DAYS = sentence("followup.topic.after_days", _("收到报告后 %(count)s 天"))
AFTER_MONTHS = sentence("followup.topic.after_months", _("收到报告后 %(count)s 个月"))
FESTIVAL = sentence("followup.topic.festival", "%(festival)s")
RETEST = sentence("followup.topic.retest", _("复检：%(items)s"))
REFILL = sentence("followup.topic.refill", _("%(product)s 吃到 %(day)s"))

MOVED = sentence("followup.contact.moved", _("回访改到 %(day)s：%(topic)s"))
STOPPED = sentence("followup.contact.stopped", _("不做回访：%(topic)s"))
ALL_STOPPED = sentence("followup.contact.all_stopped", _("停止全部回访"))

MERGED = sentence("followup.reason.merged", _("客户合并，同样的回访只留一次"))
GOODS_RETURNED = sentence("followup.reason.goods_returned", _("产品已退回"))
BASES = {basis: sentence(f"followup.reason.{basis}", basis.label) for basis in Basis}
OUTCOMES = {outcome: sentence(f"followup.reason.{outcome}", outcome.label) for outcome in Outcome}
"""Why a contact moved to another day: what it is counted from now, or what came of the last call."""
HELD = sentence("followup.leaving.taken", _("接手的回访"))

OPEN_CONTACTS = sentence("followup.moving.open", _("没做的回访"))
OPEN_CONTACTS_NOTE = sentence("followup.moving.note", _("跟客户走；接手人不在新机构的，放回待接手"))

PUSH_STOPPED = sentence("followup.push.stopped", _("这次推送停止了"))
NOT_BEGUN = sentence("followup.push.not_begun", _("活动“%(title)s”没能按时开始：%(reason)s"))
