"""Numbers of billing that may be changed."""

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from kefu.foundation.limits.registry import limit

SECOND_LEVEL = limit(
    "billing.refund_second_level", Decimal(1000), _("退款超过多少元要两级批准"), unit="yuan", source="gap 23"
)
