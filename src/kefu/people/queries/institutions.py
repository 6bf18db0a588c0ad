"""Finding institutions, their agreements and how regions are served."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from kefu.foundation.access.queries import colleagues_with
from kefu.organisation.models import User
from kefu.people.choices import Part
from kefu.people.models import Agreement, Institution, InstitutionRole, RegionalQuality
from kefu.people.permissions import PeoplePermission

EXPANSION = "expansion"


def signers(institution: Institution) -> QuerySet[User]:
    """Who signs agreements with an institution: the expansion department where it is looked after."""
    return colleagues_with(EXPANSION, institution.node_id)


def institutions(reader: User, *, part: str = "", text: str = "", closed: bool = False) -> QuerySet[Institution]:
    """Institutions within the reader's reach, by number; of one part, whose name, number or person in charge holds a text."""
    found = Institution.objects.visible_to(reader).filter(closed_on__isnull=not closed).select_related("node")
    if part:
        found = found.filter(
            Exists(InstitutionRole.objects.filter(institution=OuterRef("pk"), part=part, valid_to__isnull=True))
        )
    for word in text.split():
        found = found.filter(
            Q(zh__icontains=word)
            | Q(en__icontains=word)
            | Q(code__icontains=word)
            | Q(person_in_charge__icontains=word)
        )
    current = InstitutionRole.objects.filter(valid_to__isnull=True)
    return found.prefetch_related(Prefetch("roles", queryset=current, to_attr="parts"))


def institutions_listed(reader: User, asked: Mapping[str, str], _at: datetime) -> QuerySet[Institution]:
    """The register as its page shows it: by what they are (`part`), by words (`q`), the former ones (`closed`)."""
    part, text, closed = asked.get("part", ""), asked.get("q", "")[:60], bool(asked.get("closed"))
    return institutions(reader, part=part if part in Part.values else "", text=text, closed=closed).order_by("code")


def ending_agreements(reader: User, until: date, today: date) -> QuerySet[Agreement]:
    """Agreements in force that end by a day, the first to end first, of institutions the reader may sign for."""
    mine = Institution.objects.visible_to(reader, PeoplePermission.INSTITUTION_SIGN)
    running = Agreement.objects.filter(ended_on__isnull=True, valid_to__gte=today, valid_to__lte=until)
    return running.filter(institution__in=mine).select_related("institution").order_by("valid_to", "pk")


def latest_regions(institution: Institution) -> QuerySet[RegionalQuality]:
    """How each region is served, as last judged."""
    judged = RegionalQuality.objects.filter(institution=institution)
    return judged.order_by("region", "-at").distinct("region").select_related("by")
