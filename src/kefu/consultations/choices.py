"""Closed lists of the consultations."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ConsultationState(TextChoices):
    """A draft is being filled in; a saved one counts; a superseded one was corrected; a discarded one never counted."""

    DRAFT = "draft", _("草稿")
    SAVED = "saved", _("已保存")
    SUPERSEDED = "superseded", _("已更正")
    DISCARDED = "discarded", _("已作废")
