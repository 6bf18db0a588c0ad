"""A customer of the demo world at the door of the customers' pages, or inside."""

from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.test import Client

from kefu.appointments.models import Appointment, AppointmentRequest, WaitlistEntry
from kefu.customers.choices import ContactKind
from kefu.customers.models import ContactPoint, Customer
from kefu.portal.inside import COOKIE
from kefu.portal.models import Visit
from kefu.portal.rules import digest_of


def visiting(at: datetime) -> Customer:
    """Somebody with a visit still to come and a telephone number of the own."""
    coming = Appointment.objects.filter(status="booked", during__startswith__gt=at + timedelta(days=1))
    owners = ContactPoint.objects.filter(kind=ContactKind.PHONE, active=True, owns=True).values("customer")
    return Customer.objects.filter(pk__in=coming.values("customer")).filter(pk__in=owners).order_by("pk")[0]


def customers_browser(at: datetime, *, inside: bool) -> Client:
    """The browser of that customer: with the code still owed, or inside."""
    number = ContactPoint.objects.filter(customer=visiting(at), kind=ContactKind.PHONE, active=True, owns=True)[0].value
    token = f"token-of-the-pages-{inside}"
    Visit.objects.create(
        digest=digest_of(token), phone=number, began_at=at, code_hash="" if inside else "unknown", code_until=at + timedelta(minutes=5),
        proven_at=at if inside else None, expires_at=at + timedelta(hours=12),
    )  # fmt: skip
    browser = Client(headers={"X-Kefu-At": at.isoformat()})
    browser.cookies[COOKIE] = token
    return browser


def appointments(at: datetime) -> "QuerySet[Appointment, tuple[int]]":
    """The customer's visits, the one to come first."""
    return Appointment.objects.filter(customer=visiting(at)).order_by("-during").values_list("pk")


def requests(at: datetime) -> "QuerySet[AppointmentRequest, tuple[int]]":
    """What the customer asked for."""
    return AppointmentRequest.objects.filter(customer=visiting(at)).order_by("pk").values_list("pk")


def waits(at: datetime) -> "QuerySet[WaitlistEntry, tuple[int]]":
    """What the customer waits for."""
    return WaitlistEntry.objects.filter(customer=visiting(at)).order_by("pk").values_list("pk")
