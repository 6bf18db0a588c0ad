"""The criteria that customers themselves bring: attributes, loyalty, growth potential (CUS-011)."""

from __future__ import annotations

from datetime import date

from django.db.models import Case, DateField, F, FloatField, Func, Value, When
from django.utils.translation import gettext_lazy as _

from kefu.customers.choices import Grade, Importance, Tier
from kefu.customers.permissions import CustomerPermission
from kefu.customers.segmenting import Criterion, Customers, Given, between, register_criteria
from kefu.organisation.choices import Sex


def _years(since: F, on: date) -> Func:
    """Full years from a column's day to a day."""
    span = Func(Value(on, output_field=DateField()), since, function="age")
    return Func(Value("year"), span, function="date_part", output_field=FloatField())


def _by_age(customers: Customers, given: Given, on: date) -> Customers:
    age = Case(
        When(birth_date__isnull=False, then=_years(F("birth_date"), on)),
        default=F("age_stated") + _years(F("age_stated_on"), on),
        output_field=FloatField(),
    )
    return between(customers.annotate(age_now=age), "age_now", given)


def _by_loyalty(customers: Customers, given: Given, on: date) -> Customers:
    since = Func(F("archive_opened_at"), function="date", output_field=DateField())
    return between(customers.annotate(years_with_us=_years(since, on)), "years_with_us", given)  # type: ignore[arg-type]


ARCHIVE, GRADING = CustomerPermission.ARCHIVE_VIEW, CustomerPermission.GRADING_VIEW
register_criteria(
    Criterion("sex", _("性别"), "attributes", ARCHIVE, lambda rows, given, on: rows.filter(sex__in=given["values"]),
              tuple((one.value, one.label) for one in Sex)),
    Criterion("age", _("年龄"), "attributes", ARCHIVE, _by_age),
    Criterion("region", _("地区（地址里的字）"), "attributes", ARCHIVE, lambda rows, given, on: rows.filter(address__icontains=given["text"]), text=True),
    Criterion("occupation", _("职业"), "attributes", ARCHIVE, lambda rows, given, on: rows.filter(occupation__icontains=given["text"]), text=True),
    Criterion("loyalty", _("忠诚度：建档满几年"), "value", ARCHIVE, _by_loyalty),
    Criterion("grade", _("等级"), "value", GRADING, lambda rows, given, on: rows.filter(standing__grade__in=given["values"]),
              tuple((one.value, one.label) for one in Grade)),
    Criterion("tier", _("价值分层"), "value", GRADING, lambda rows, given, on: rows.filter(worth__tier__in=given["values"]),
              tuple((one.value, one.label) for one in Tier)),
    Criterion("importance", _("重要程度"), "value", GRADING, lambda rows, given, on: rows.filter(standing__importance__in=given["values"]),
              tuple((one.value, one.label) for one in Importance)),
    Criterion("potential", _("增长潜力：可成交金额（元）"), "value", GRADING,
              lambda rows, given, on: between(rows, "standing__closable_amount", given)),
)  # fmt: skip
