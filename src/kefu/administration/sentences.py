"""What administration asks colleagues."""

from django.utils.translation import gettext_lazy as _

from kefu.foundation.sentences.saying import sentence

STAND_IN = sentence("administration.stand_in.asked", _("请您代班"))
