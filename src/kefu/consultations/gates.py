"""The points at which modules above may refuse: the journey's order, the doctor's certificate."""

from django.utils.translation import gettext_lazy as _

from kefu.foundation.gates.registry import declare

SAVE = "consultations.consultation.save"
CORRECT = "consultations.consultation.correct"

declare(SAVE, _("保存问诊"))
declare(CORRECT, _("更正问诊"))
