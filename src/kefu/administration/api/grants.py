"""Roles of colleagues over the API."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils import timezone
from ninja import Query, Router, Status

from kefu.administration.actions.roles import end_grant, grant_role
from kefu.administration.permissions import AdministrationPermission
from kefu.foundation.access.queries import scope
from kefu.foundation.api.paging import Listing, Page, listing
from kefu.foundation.api.references import reference
from kefu.foundation.api.requests import ApiRequest
from kefu.foundation.api.responses import RESPONSES
from kefu.foundation.api.rights import needs
from kefu.foundation.api.schemas import Code, Day, Ident, In, Out
from kefu.kernel.ids import ident
from kefu.organisation.models import Grant, Node, Role, User

router = Router(tags=["grants"])


class GrantIn(In):
    """Who gets which role where, from a day on (today) until before another (for good)."""

    user: Ident
    role: Code
    node: Ident
    valid_from: Day | None = None
    valid_to: Day | None = None


class GrantEndIn(In):
    """From which day on the role is taken back; today without one."""

    on: Day | None = None


class GrantFilterIn(Page):
    """Whose grants are asked for."""

    user: Ident | None = None


class GrantOut(Out):
    """One grant; `valid_to` is the first day on which it no longer counts."""

    id: str
    user: str
    role: str
    node: str
    valid_from: Day
    valid_to: Day | None


def show(grant: Grant) -> dict[str, object]:
    """A grant with its people, role and place loaded."""
    return {
        "id": ident("grt", grant.pk), "user": grant.user.job_number, "role": grant.role.code, "node": grant.node.code,
        "valid_from": grant.valid_from, "valid_to": grant.valid_to,
    }  # fmt: skip


@router.get("grants", response={200: Listing[GrantOut], **RESPONSES}, operation_id="grants_list")
@needs(AdministrationPermission.ROLE_VIEW)
def list_grants(request: ApiRequest, query: Query[GrantFilterIn]) -> dict[str, object]:
    """Grants at the places one administers, ended ones too, newest first."""
    found = _within(request, AdministrationPermission.ROLE_VIEW)
    if query.user is not None:
        found = found.filter(user=reference(User.objects.all(), query.user, "usr", "job_number", field="user"))
    return listing(found, query, order=("-id",), show=show)


@router.post("grants", response={201: GrantOut, **RESPONSES}, operation_id="grants_create")
@needs(AdministrationPermission.ROLE_EDIT)
def create_grant(request: ApiRequest, body: GrantIn) -> Status[object]:
    """Give a role; one that counts already logs its holder out."""
    grant = grant_role(
        user=reference(_people(request), body.user, "usr", "job_number", field="user"),
        role=reference(Role.objects.all(), body.role, "rol", "code", field="role"),
        node=reference(Node.objects.all(), body.node, "nod", "code", field="node"),
        valid_from=body.valid_from or timezone.localdate(request.at), valid_to=body.valid_to, by=request.user, at=request.at,
    )  # fmt: skip
    return Status(201, show(grant))


@router.post("grants/{grant_id}/end", response={200: GrantOut, **RESPONSES}, operation_id="grants_end")
@needs(AdministrationPermission.ROLE_EDIT)
def take_back(request: ApiRequest, grant_id: str, body: GrantEndIn) -> dict[str, object]:
    """Take a role back from a day on; today it logs its holder out at once."""
    grant = reference(_within(request, AdministrationPermission.ROLE_EDIT), grant_id, "grt")
    on = body.on or timezone.localdate(request.at)
    end_grant(grant=grant, on=on, by=request.user, at=request.at)
    kept = Grant.objects.filter(pk=grant.pk).first()
    return show(grant) | {"valid_to": kept.valid_to if kept else on}


def _people(request: ApiRequest) -> QuerySet[User]:
    """Whom the caller finds on the page of accounts."""
    return User.objects.filter(scope(request.user, AdministrationPermission.USER_VIEW), is_system=False)


def _within(request: ApiRequest, permission: AdministrationPermission) -> QuerySet[Grant]:
    return Grant.objects.filter(scope(request.user, permission, node="node_id")).select_related("user", "role", "node")
