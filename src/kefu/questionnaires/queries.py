"""Finding questionnaires and versions."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext_lazy as _

from kefu.kernel.errors import Refused
from kefu.questionnaires.choices import VersionState
from kefu.questionnaires.models import Questionnaire, QuestionnaireVersion
from kefu.questionnaires.rules.definition import Definition
from kefu.questionnaires.rules.publishing import Flaw, flaws


def published_version(code: str) -> QuestionnaireVersion:
    """The version in use. Raises Refused when the questionnaire has none: the administrator must publish one first."""
    found = published().filter(questionnaire__code=code).first()
    if found is None:
        raise Refused("not_published", _("这份问卷还没有发布，请管理员先发布。"))
    return found


def published() -> QuerySet[QuestionnaireVersion]:
    """Every version in use, with its questionnaire."""
    return QuestionnaireVersion.objects.filter(state=VersionState.PUBLISHED).select_related("questionnaire")


def questionnaires() -> QuerySet[Questionnaire]:
    """All questionnaires with their versions, newest first; definitions are left behind."""
    versions = QuestionnaireVersion.objects.select_related("published_by").defer("definition")
    return Questionnaire.objects.prefetch_related(Prefetch("versions", versions))


def draft_flaws(version: QuestionnaireVersion) -> list[Flaw]:
    """What keeps this draft from being published, against everything published before."""
    return flaws(version.form, earlier_definitions(version))


def earlier_definitions(version: QuestionnaireVersion) -> list[Definition]:
    """The versions published before this one, oldest first."""
    earlier = QuestionnaireVersion.objects.filter(questionnaire_id=version.questionnaire_id, number__lt=version.number)
    return [row.form for row in earlier.exclude(state=VersionState.DRAFT).order_by("number")]
