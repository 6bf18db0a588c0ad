"""The place in the navigation."""

from django.utils.translation import gettext_lazy as _

from kefu.foundation.slots.registry import NavItem, register
from kefu.questionnaires.permissions import QuestionnairePermission

register(
    NavItem("management", 40, _("问卷"), "checklist", "questionnaires:questionnaires", QuestionnairePermission.VIEW)
)
