"""A customer's file has the interview in it (APT-016)."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from kefu.consultations.choices import ConsultationState
from kefu.consultations.models import Consultation
from kefu.customers.file_parts import FilePart, register_file_part, without


def _no_interview(ids: Sequence[int]) -> set[int]:
    found = Consultation.objects.filter(customer__in=ids, state=ConsultationState.SAVED)
    return without(ids, found.values_list("customer_id", flat=True))


register_file_part(FilePart("interview", _("问诊"), 50, _no_interview, later=True))
