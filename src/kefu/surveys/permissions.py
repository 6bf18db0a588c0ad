"""Rights on surveys."""

from kefu.foundation.access.rules import Needed, Permission, grants


class SurveyPermission(Permission):
    """Asking customers, answering their opinions, looking at the results."""

    RUN = "surveys:response:record"
    VIEW = "surveys:response:view"
    ANALYSE = "surveys:analysis:view"


grants(
    {
        SurveyPermission.RUN: ("survey_run", Needed.ACT),
        SurveyPermission.VIEW: ("survey_run", Needed.VIEW),
        SurveyPermission.ANALYSE: ("survey_analysis", Needed.VIEW),
    }
)
