"""Numbers of the house itself."""

from django.utils.translation import gettext_lazy as _

from kefu.foundation.limits.registry import limit

IDLE_MINUTES = limit("access.idle_minutes", 15, _("离开多久自动锁屏"), unit="minutes", source="SEC-001")
SOON_MINUTES = limit("workbench.soon_minutes", 120, _("多久之内算快到期"), unit="minutes", source="NFR-004")
