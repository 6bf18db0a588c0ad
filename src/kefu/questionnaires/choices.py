"""Closed lists of the form engine."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class QuestionnaireKind(TextChoices):
    """What a questionnaire is for."""

    INTERVIEW = "interview", _("问诊表")
    SURVEY = "survey", _("满意度问卷")


class VersionState(TextChoices):
    """A version is edited as a draft, used while published, and kept for its sheets once retired."""

    DRAFT = "draft", _("草稿")
    PUBLISHED = "published", _("使用中")
    RETIRED = "retired", _("已停用")


class SheetState(TextChoices):
    """Answers are a draft until they are saved for good."""

    DRAFT = "draft", _("草稿")
    FINAL = "final", _("已保存")
