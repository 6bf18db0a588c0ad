"""Customers of the stories."""

from kefu.customers.actions import create_lead
from kefu.customers.models import ContactPoint, Customer
from kefu.testing.cast import AT

PHONE = "13800001234"


def wang(cast, *, phone: str = PHONE, email: str = "", sex: str = "female") -> Customer:
    """王小梅 of the Beijing centre, registered by her health manager, whose own she is."""
    customer = create_lead(
        name="王小梅", phone=phone, node=cast.bj, sex=sex, email=email, health_manager=cast.manager, doctor=cast.doctor,
        by=cast.manager, at=AT,
    ).customer  # fmt: skip
    return Customer.objects.get(pk=customer.pk)


def wechat(customer: Customer) -> None:
    """She scanned the code of the official account."""
    ContactPoint.objects.create(customer=customer, kind="wechat", value="openid-wang")
