"""What the registers say on the bell."""

from django.utils.translation import gettext_lazy as _

from kefu.foundation.sentences.saying import sentence

AGREEMENT_ENDS = sentence("people.agreement.ends", _("%(name)s的协议 %(number)s %(day)s 到期，请续签或终止。"))
CREDENTIAL_ENDS = sentence("people.credential.ends", _("%(name)s的%(kind)s %(day)s 到期，请补办后登记新证书。"))
OWN_CREDENTIAL_ENDS = sentence("people.credential.own_ends", _("您的%(kind)s %(day)s 到期，请补办后交人事登记。"))
