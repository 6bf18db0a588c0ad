"""The step at which modules above may refuse."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kefu.foundation.gates.registry import declare

OPEN = "customers.archive.open"

declare(OPEN, _("建档"), url=lambda customer_id: reverse("customers:archive", args=[customer_id]))
