"""An interview that is begun and not saved keeps its customer from moving to another place (ORG-013)."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from kefu.consultations.choices import ConsultationState
from kefu.consultations.models import Consultation
from kefu.consultations.sentences import DRAFTS_NOTE, HELD
from kefu.customers.moving import Fate, Ids, OpenWork, register_open_work


def _open(ids: Ids, at: datetime) -> QuerySet[Consultation]:
    return Consultation.objects.filter(customer_id__in=ids, state=ConsultationState.DRAFT)


register_open_work(OpenWork("consultations", 20, HELD, Fate.HINDERS, DRAFTS_NOTE, _open))
