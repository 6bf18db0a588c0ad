"""Who may see the scans and prints of a purchase: whoever may see the purchase."""

from kefu.foundation.files.policies import register_policy
from kefu.organisation.models import User
from kefu.sales.models import Purchase
from kefu.sales.queries import KIND


def _see(user: User, purchase_id: int) -> bool:
    return Purchase.objects.visible_to(user).filter(pk=purchase_id).exists()


def _customer(purchase_id: int) -> int | None:
    return Purchase.objects.filter(pk=purchase_id).values_list("customer_id", flat=True).first()


register_policy(KIND, _see, customer=_customer)
