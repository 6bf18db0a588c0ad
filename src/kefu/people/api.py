"""Colleagues over the API: whom one may name as doctor or health manager."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils import timezone
from ninja import Query, Router

from kefu.foundation.api.paging import Listing, Page, listing
from kefu.foundation.api.references import reference
from kefu.foundation.api.requests import ApiRequest
from kefu.foundation.api.responses import RESPONSES
from kefu.foundation.api.rights import everyone
from kefu.foundation.api.schemas import Ident, Out
from kefu.kernel.ids import ident
from kefu.organisation.models import Node, User
from kefu.people.queries import doctors, managers

router = Router(tags=["directory"])
ORDER = ("job_number",)


class PlaceFilter(Page):
    """Those of one place and below."""

    node: Ident | None = None


class PersonOut(Out):
    """A colleague; `code` is the job number."""

    id: str
    code: str
    name: str


def show(user: User) -> dict[str, object]:
    """A colleague as the directory tells it."""
    return {"id": ident("usr", user.pk), "code": user.job_number, "name": user.name}


@router.get("directory/doctors", response={200: Listing[PersonOut], **RESPONSES}, operation_id="directory_doctors_list")
@everyone
def list_doctors(request: ApiRequest, query: Query[PlaceFilter]) -> dict[str, object]:
    """Doctors who may be booked, by job number."""
    return _listed(doctors(request.user, timezone.localdate(request.at), _place(query)), query)


@router.get(
    "directory/managers", response={200: Listing[PersonOut], **RESPONSES}, operation_id="directory_managers_list"
)
@everyone
def list_managers(request: ApiRequest, query: Query[PlaceFilter]) -> dict[str, object]:
    """Health managers, by job number."""
    return _listed(managers(request.user, _place(query)), query)


def _place(query: PlaceFilter) -> Node | None:
    if query.node is None:
        return None
    return reference(Node.objects.all(), query.node, "nod", "code", field="node")


def _listed(people: QuerySet[User], query: PlaceFilter) -> dict[str, object]:
    return listing(people, query, order=ORDER, show=show)
