"""What the registers say on the bell."""

from django.utils.translation import gettext_lazy as _

from kefu.foundation.sentences.saying import sentence

AGREEMENT_ENDS = sentence("people.agreement.ends", _("%(name)s的协议 %(number)s %(day)s 到期，请续签或终止。"))
