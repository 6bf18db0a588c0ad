"""What journeys say on the timeline and on the bell."""

from django.utils.translation import gettext_lazy as _

from kefu.foundation.sentences.saying import sentence

STARTED = sentence("journey.journey.started", _("开始新的流程 %(number)s"))
WITHDRAWN = sentence("journey.journey.withdrawn", _("客户退出流程 %(number)s"))
CLOSED = sentence("journey.journey.closed", _("流程结束 %(number)s"))
REOPENED = sentence("journey.journey.reopened", _("恢复流程 %(number)s"))
SKIPPED = sentence("journey.step.skipped", _("跳过“%(node)s” %(number)s"))
CORRECTED = sentence("journey.step.corrected", _("改回“%(node)s” %(number)s"))
TURN = sentence("journey.step.turn", _("%(name)s：轮到您办“%(node)s”"))

OPEN_JOURNEYS = sentence("journey.moving.open", _("进行中的服务流程"))
OPEN_JOURNEYS_NOTE = sentence("journey.moving.note", _("跟客户走，已承诺的时限不变"))
