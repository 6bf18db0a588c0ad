"""What the registers say on the bell."""

from django.utils.translation import gettext_lazy as _

from kefu.foundation.sentences.saying import sentence

AGREEMENT_ENDS = sentence("people.agreement.ends", _("%(name)s的协议 %(number)s %(day)s 到期，请续签或终止。"))
CREDENTIAL_ENDS = sentence("people.credential.ends", _("%(name)s的%(kind)s %(day)s 到期，请补办后登记新证书。"))
OWN_CREDENTIAL_ENDS = sentence("people.credential.own_ends", _("您的%(kind)s %(day)s 到期，请补办后交人事登记。"))

LEAVING = sentence("people.leaving.work", _("离职移交：%(what)s"))
LEAVING_HELD = sentence(
    "people.leaving.held", _("%(name)s的最后一天是 %(day)s，还有 %(count)s 项没有移交，账号没有关闭。")
)
OFFERS_WAITING = sentence("people.leaving.offers", _("等他答复的移交"))
STAND_INS = sentence("people.leaving.stand_ins", _("代班安排"))
STILL_OPEN = sentence("people.leaving.open", _("%(name)s的最后一天是 %(day)s，账号没能自动关闭，请到离职移交里处理。"))
