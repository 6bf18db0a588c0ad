"""What interviews say on the timeline and on the bell, and as reasons of the program itself."""

from django.utils.translation import gettext_lazy as _

from kefu.foundation.sentences.saying import sentence

SAVED = sentence("consultations.interview.saved", _("问诊"))
CORRECTED = sentence("consultations.interview.corrected", _("更正问诊"))
HANDED_OVER = sentence("consultations.draft.handed_over", _("%(doctor)s把一份没问完的问诊移交给您"))
MERGED = sentence("consultations.draft.merged", _("客户合并，另一份草稿保留"))
HELD = sentence("consultations.leaving.drafts", _("没保存的问诊"))

DRAFTS_NOTE = sentence("consultations.moving.note", _("医生先保存、移交或作废"))
