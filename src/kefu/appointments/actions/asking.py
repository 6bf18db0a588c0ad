"""Who asks and what for, checked before anything is written; and how somebody new comes into the archive (CUS-010)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.appointments.asked import Asker, Wish
from kefu.appointments.choices import WAITING, AppointmentStatus, Channel
from kefu.appointments.limits import HORIZON, OPEN_REQUESTS
from kefu.appointments.models import AppointmentRequest
from kefu.appointments.queries.requests import owner_of_number, waiting_of_number
from kefu.appointments.visitors import acts_for_customers
from kefu.customers.actions.consents import give_consent
from kefu.customers.actions.leads import NAME, create_lead
from kefu.customers.choices import CaptureWay, ConsentMethod
from kefu.customers.details import read_phone
from kefu.customers.holding import hold_living
from kefu.customers.models import Customer
from kefu.customers.phones import lock_numbers
from kefu.foundation.audit.trail import within_action
from kefu.kernel.errors import FieldError, Invalid, Refused
from kefu.organisation.choices import Sex
from kefu.organisation.models import User
from kefu.organisation.queries import SYSTEM, system_user

WORDS = 200


@within_action
def check_asker(who: Asker) -> Asker:
    """The same person with the number as it is stored; a number somebody owns names that customer. Raises Invalid (APT-014)."""
    errors: list[FieldError] = []
    number = ""
    if who.phone.strip() or who.customer is None:
        try:
            number = read_phone(who.phone).value
        except Invalid as error:
            errors += error.errors
    customer = who.customer or (owner_of_number(number) if number else None)
    if customer is None:
        errors += _missing(who)
    if len(who.name.strip()) > NAME:
        errors.append(FieldError("name", "too_long", _("姓名最多 60 个字。")))
    errors += _check_email(who.email.strip())
    if errors:
        raise Invalid(errors)
    return replace(who, customer=customer, phone=number, name=who.name.strip(), email=who.email.strip().lower())


@within_action
def check_wish(*, who: Asker, wish: Wish, by: User, at: datetime) -> None:
    """Raises Invalid for a time nobody can give, Refused for one request too many."""
    if len(wish.words) > WORDS:
        raise Invalid.one("wish", "too_long", _("最多写 200 个字。"))
    if wish.start is not None:
        days = (timezone.localdate(wish.start) - timezone.localdate(at)).days
        if wish.start <= at or days > HORIZON.on(at, node_id=wish.node.pk):
            raise Invalid.one("wished", "out_of_reach", _("这个时间约不了，请另选。"))
    if wish.about is not None:
        _check_visit(wish, who, at)
    if acts_for_customers(by, wish.node.pk):
        lock_numbers(who.phone)
        most = OPEN_REQUESTS.on(at)
        if waiting_of_number(who.phone, who.customer).count() >= most:
            raise Refused("too_many_requests", _("您已有 %d 个申请在等答复，请先等我们回复。") % most)


def _check_visit(wish: Wish, who: Asker, at: datetime) -> None:
    visit = wish.about
    assert visit is not None
    mine = who.customer is not None and visit.customer_id == who.customer.pk
    if not mine or visit.status != AppointmentStatus.BOOKED or visit.start <= at:
        raise Refused("status", _("这个预约已经不能改了。"))
    if AppointmentRequest.objects.filter(about=visit, state__in=WAITING).exists():
        raise Refused("already_asked", _("您已经申请改约，请等我们回复。"))


def _missing(who: Asker) -> list[FieldError]:
    errors = []
    if not who.name.strip():
        errors.append(FieldError("name", "required", _("请填写姓名。")))
    if who.sex not in Sex.values:
        errors.append(FieldError("sex", "required", _("请选择性别。")))
    return errors


def _check_email(email: str) -> list[FieldError]:
    if not email:
        return []
    try:
        validate_email(email)
    except ValidationError:
        return [FieldError("email", "email", _("邮箱的写法不对。"))]
    return []


@within_action
def register(*, request: AppointmentRequest, by: User, at: datetime) -> Customer:
    """The customer of a request by somebody who was not in the archive: whoever owns the number by now, else a new lead (CUS-010)."""
    owner = owner_of_number(request.phone)
    if owner is not None:
        hold_living(owner.pk)
        return owner
    capture = CaptureWay.ONLINE if request.channel == Channel.ONLINE else CaptureWay.COUNTER
    lead = create_lead(
        name=request.name, phone=request.phone, sex=request.sex, email=request.email, node=request.node, capture=capture, by=by, at=at,
    ).customer  # fmt: skip
    text = request.consent_text
    if text is not None and text.current:  # who agreed to earlier words is asked again at the desk
        note = f"{timezone.localtime(request.submitted_at):%Y-%m-%d %H:%M}"
        give_consent(
            customer=lead, scope=text.scope, method=ConsentMethod.ONLINE, note=note, by=system_user(SYSTEM), at=at
        )
    return lead
