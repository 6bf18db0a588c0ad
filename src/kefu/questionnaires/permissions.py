"""Rights over questionnaires: the administrator maintains them; whoever fills one in needs the right of the using module."""

from kefu.foundation.access.rules import Needed, Permission, grants


class QuestionnairePermission(Permission):
    """Reading the versions, and editing and publishing them."""

    VIEW = "questionnaires:questionnaire:view"
    EDIT = "questionnaires:questionnaire:edit"


grants(
    {
        QuestionnairePermission.VIEW: ("configuration", Needed.VIEW),
        QuestionnairePermission.EDIT: ("configuration", Needed.ACT),
    }
)
