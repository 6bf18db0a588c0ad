"""The step at which modules above may refuse."""

from django.utils.translation import gettext_lazy as _

from kefu.foundation.gates.registry import declare

OPEN = "customers.archive.open"

declare(OPEN, _("建档"))
