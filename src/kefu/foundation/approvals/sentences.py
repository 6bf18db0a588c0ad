"""What requests say on the bell. What was asked stays on its page: a bell is read across a desk."""

from django.utils.translation import gettext_lazy as _

from kefu.foundation.sentences.saying import sentence

TO_DECIDE = sentence("approvals.request.to_decide", _("%(name)s：%(what)s，等您批示"))
AGREED = sentence("approvals.request.agreed", _("%(what)s：%(name)s批准了"))
REFUSED = sentence("approvals.request.refused", _("%(what)s：%(name)s不批准，请看批示"))
GONE_UP = sentence("approvals.request.gone_up", _("%(what)s：%(name)s已呈上级"))
