"""Locking a draft version for a change, so that two editors never overwrite each other unseen."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kefu.kernel.errors import Refused
from kefu.questionnaires.choices import VersionState
from kefu.questionnaires.models import QuestionnaireVersion


def lock_draft(version: QuestionnaireVersion, revision: int | None = None) -> QuestionnaireVersion:
    """The draft, locked until the transaction ends.

    Raises Refused when it is published or gone, or when somebody changed it since `revision` was read.
    """
    found = (
        QuestionnaireVersion.objects.select_for_update(no_key=True)
        .filter(pk=version.pk)
        .select_related("questionnaire")
    )
    draft = found.first()
    if draft is None or draft.state != VersionState.DRAFT:
        raise Refused("not_a_draft", _("这个版本已经发布或作废，不能再改；请新建一份草稿。"))
    if revision is not None and draft.revision != revision:
        raise Refused("changed_meanwhile", _("刚才有人改过这份草稿，请看过最新的再改一次。"))
    return draft
