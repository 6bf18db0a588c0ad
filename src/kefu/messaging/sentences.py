"""What messages and contacts say on the timeline and on the bell."""

from django.utils.translation import gettext_lazy as _

from kefu.foundation.sentences.saying import sentence
from kefu.messaging.choices import Withheld

SENT = sentence("messaging.message.sent", _("%(channel)s：%(words)s"))
CONTACTED = sentence("messaging.contact.logged", "%(channel)s · %(purpose)s · %(outcome)s")
UNDELIVERED = sentence("messaging.message.undelivered", _("发给%(name)s的%(channel)s没有送达，请用其他方式联系。"))
for _reason in Withheld:
    sentence(_reason.said, _reason.label)
BY_LINK = sentence("messaging.consent.refused_by_link", _("客户点了邮件里的退订，不接收问候和活动"))
