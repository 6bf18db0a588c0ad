"""What belongs into a customer's file before a visit: parts that the modules register, each able to say who lacks it (APT-016)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from kefu.customers.choices import ConsentScope, ConsentState
from kefu.customers.models import ConsentEntry, ContactPoint, Customer

Lacking = Callable[[Sequence[int]], Collection[int]]
"""From the ids of customers to those who lack the part, in one query."""


@dataclass(frozen=True)
class FilePart:
    """A part of the file. `later`: it can only be there once the customer has been here before."""

    code: str
    label: object
    order: int
    lacking: Lacking
    later: bool = False


_parts: dict[str, FilePart] = {}


def register_file_part(part: FilePart) -> None:
    """Declare a part; registering the same code again replaces it."""
    _parts[part.code] = part


def file_parts() -> list[FilePart]:
    """Every part, in the order in which it is shown."""
    return sorted(_parts.values(), key=lambda part: part.order)


def lacking_parts(ids: Sequence[int]) -> dict[int, list[FilePart]]:
    """What each of these customers' files lacks. One query for each part."""
    found: dict[int, list[FilePart]] = {pk: [] for pk in ids}
    for part in file_parts() if ids else ():
        for pk in part.lacking(ids):
            found[pk].append(part)
    return found


def without(ids: Sequence[int], having: Collection[int]) -> set[int]:
    """Those who are not among the ones that have it."""
    return set(ids) - set(having)


def _no_archive(ids: Sequence[int]) -> set[int]:
    return without(ids, Customer.objects.filter(pk__in=ids, archive_number__isnull=False).values_list("pk", flat=True))


def _no_sex(ids: Sequence[int]) -> set[int]:
    return set(Customer.objects.filter(pk__in=ids, sex="").values_list("pk", flat=True))


def _no_contact(ids: Sequence[int]) -> set[int]:
    rows = ContactPoint.objects.filter(customer__in=ids, active=True)
    return without(ids, rows.values_list("customer_id", flat=True))


def _not_agreed(ids: Sequence[int]) -> set[int]:
    rows = ConsentEntry.objects.filter(customer__in=ids, scope=ConsentScope.HEALTH_DATA, outranked=False)
    latest = rows.order_by("customer_id", "-at", "-id").distinct("customer_id").values_list("customer_id", "state")
    return without(ids, [pk for pk, state in latest if state == ConsentState.GIVEN])


register_file_part(FilePart("archive", _("健康档案号"), 10, _no_archive))
register_file_part(FilePart("sex", _("性别"), 20, _no_sex))
register_file_part(FilePart("contact", _("联系方式"), 30, _no_contact))
register_file_part(FilePart("consent", _("健康信息处理同意书"), 40, _not_agreed))
