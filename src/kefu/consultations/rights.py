"""Who may work on a draft: the doctor who holds it, and whoever stands in for that doctor."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kefu.consultations.models import Consultation
from kefu.consultations.permissions import ConsultationPermission
from kefu.foundation.access.checks import require
from kefu.foundation.access.queries import access_of
from kefu.kernel.errors import Refused
from kefu.organisation.models import User

CONDUCT = ConsultationPermission.CONDUCT


def holds(user: User, consultation: Consultation) -> bool:
    """Whether the draft is the person's own, or that of somebody he or she stands in for."""
    return consultation.doctor_id in access_of(user).persons


def require_holder(user: User, consultation: Consultation) -> None:
    """Refuse everybody but the holder. Raises Forbidden, OutOfScope, or Refused with the holder's name for a colleague."""
    if holds(user, consultation):
        require(user, CONDUCT, node_id=consultation.customer.node_id)
        return
    require(user, CONDUCT, customer=consultation.customer)
    raise held_by(consultation)


def held_by(consultation: Consultation) -> Refused:
    """The refusal that names who is at it."""
    name = consultation.doctor.name
    words = _("%(doctor)s正在填这份问诊，要接着填请先办移交。") % {"doctor": name}
    return Refused("held_by_other", words, {"doctor": name})


def may_take(doctor: User, node_id: int) -> bool:
    """Whether a colleague may conduct interviews at a centre and so take a draft over."""
    access = access_of(doctor)
    return access.may_at(CONDUCT, node_id) or access.may_own_at(CONDUCT, node_id)
