"""What hand-overs say on the bell."""

from django.utils.translation import gettext_lazy as _

from kefu.foundation.sentences.saying import sentence

OFFERED = sentence("assignments.offer.made", _("%(name)s：%(what)s"))
ACCEPTED = sentence("assignments.offer.accepted", _("%(name)s接受了移交"))
DECLINED = sentence("assignments.offer.declined", _("%(name)s谢绝了移交：%(reason)s"))
LAPSED = sentence("assignments.offer.lapsed", _("%(name)s不能接手了，请另找人：%(reason)s"))
