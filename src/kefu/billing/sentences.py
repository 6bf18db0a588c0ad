"""What charges say on the timeline."""

from django.utils.translation import gettext_lazy as _

from kefu.foundation.sentences.saying import sentence

CANCELLED = sentence("billing.charge.cancelled", _("冲销：%(item)s"))
