"""Closed lists of requests and decisions."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class RequestState(TextChoices):
    """What became of a request."""

    OPEN = "open", _("等批示")
    APPROVED = "approved", _("批准")
    DECLINED = "declined", _("不批准")
    WITHDRAWN = "withdrawn", _("已撤回")


class Verdict(TextChoices):
    """What a level said."""

    APPROVED = "approved", _("批准")
    DECLINED = "declined", _("不批准")
    PASSED_UP = "passed_up", _("呈上级")
    VACANT = "vacant", _("这一级没有人，直接呈上级")
