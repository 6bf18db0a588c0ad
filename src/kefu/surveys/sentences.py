"""What surveys say on the timeline and on the bell."""

from django.utils.translation import gettext_lazy as _

from kefu.foundation.sentences.saying import sentence

ANSWERED = sentence("surveys.response.answered", _("%(survey)s：%(satisfied)s/%(valid)s 项满意"))
REFUSED = sentence("surveys.response.refused", _("%(survey)s：客户不愿回答"))
OPINION_ANSWERED = sentence("surveys.opinion.answered", _("答复意见"))
OPINION_WAITS = sentence("surveys.opinion.waits", _("%(name)s：客户有意见等您答复"))
