"""Rights over consultations (Annex 1): the doctor interviews own customers; reading also asks for the right to medical data."""

from kefu.foundation.access.rules import Needed, Permission, grants


class ConsultationPermission(Permission):
    """Reading interviews, and making them."""

    VIEW = "consultations:consultation:view"
    CONDUCT = "consultations:consultation:conduct"


grants(
    {
        ConsultationPermission.VIEW: ("consultation", Needed.VIEW),
        ConsultationPermission.CONDUCT: ("consultation", Needed.ACT),
    }
)
