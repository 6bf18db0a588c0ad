"""Closed lists of administration."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class IdentityCheck(TextChoices):
    """How the administrator made sure that it was really the person who asked."""

    IN_PERSON = "in_person", _("当面核对证件或工牌")
    CALL_BACK = "call_back", _("回拨登记的电话")
    VIDEO = "video", _("视频见到本人")
    SUPERIOR = "superior", _("直属上级当面确认")


class Prohibition(TextChoices):
    """What the confidentiality undertaking forbids by name (SEC-002)."""

    PRIVATE_USE = "private_use", _("私自使用客户资料")
    PUSHING = "pushing", _("推销与客户需要无关的产品")
    MISLEADING = "misleading", _("误导客户")
    IMAGE = "image", _("损害公司形象")
