"""What administration asks and tells colleagues."""

from django.utils.translation import gettext_lazy as _

from kefu.foundation.sentences.saying import sentence

STAND_IN = sentence("administration.stand_in.asked", _("请您代班"))
INVITATION_LOST = sentence(
    "administration.invitation.lost", _("给%(name)s的邀请邮件没有送到，请核对邮箱，或当面给临时密码。")
)
