"""What customers are measured by from campaigns: how many they answered, and what they spent after them (CUS-017)."""

from django.utils.translation import gettext_lazy as _

from kefu.customers.valuing import Metric, register_metrics, weighing
from kefu.followup.brought import answered, spent
from kefu.kernel.money import show

ANSWERED, SPENT = _("响应过几次活动"), _("活动带来的消费金额")
register_metrics(
    Metric("campaigns", ANSWERED, weighing("campaigns", 5, ANSWERED), answered),
    Metric("campaign_amount", SPENT, weighing("campaign_amount", 5, SPENT), spent, spoken=show),
)
