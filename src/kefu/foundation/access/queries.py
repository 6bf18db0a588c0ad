"""What a user may reach, resolved from grants, roles, cells and stand-ins with one query per request."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.functions import Now, TruncDate
from django.utils.timezone import get_default_timezone

from kefu.foundation.access.rules import Permission, need_of
from kefu.organisation.choices import Level, RoleScope
from kefu.organisation.models import Grant, Node, RolePart, StandIn, User

EVERYWHERE: None = None


@dataclass
class Reach:
    """How far one function goes: nodes by level, and nodes in which only own customers count."""

    act: set[int] = field(default_factory=set)
    view: set[int] = field(default_factory=set)
    own: set[int] = field(default_factory=set)
    act_everywhere: bool = False
    view_everywhere: bool = False

    def nodes(self, level: int) -> set[int] | None:
        """Nodes reached at a level without an own-customer condition; EVERYWHERE (None) means no limit."""
        if self.act_everywhere or (self.view_everywhere and level <= Level.VIEW):
            return EVERYWHERE
        return self.act if level >= Level.ACT else self.act | self.view

    @property
    def nothing(self) -> bool:
        return not (self.act or self.view or self.own or self.act_everywhere or self.view_everywhere)


@dataclass
class Access:
    """The resolved rights of one user; cached on the user object for the length of a request or job."""

    user: User
    reaches: dict[str, Reach]
    persons: frozenset[int]  # the user and everybody he or she stands in for
    roles: frozenset[str]
    role_nodes: dict[str, set[int]]  # role code -> nodes reached by it

    def reach(self, permission: Permission) -> Reach:
        """How far a permission's function goes for this user."""
        return self.reaches.get(need_of(permission).function, Reach())

    def may(self, permission: Permission) -> bool:
        """Has the right at all, somewhere or for somebody."""
        reach = self.reach(permission)
        return bool(reach.own) or reach.nodes(need_of(permission).level) != set()

    def may_at(self, permission: Permission, node_id: int) -> bool:
        """Has the right for every record of a node, not only for own customers."""
        nodes = self.reach(permission).nodes(need_of(permission).level)
        return nodes is EVERYWHERE or node_id in nodes

    def may_own_at(self, permission: Permission, node_id: int) -> bool:
        """Has the right for own customers or records in a node."""
        return node_id in self.reach(permission).own

    def may_in(self, permission: Permission, node_id: int) -> bool:
        """Has the right in a node, be it for every record or for own ones."""
        return self.may_at(permission, node_id) or self.may_own_at(permission, node_id)

    def pool_nodes(self, permission: Permission, right: Permission) -> set[int]:
        """Nodes in which a permission holds for own records and the pool counts as own, by the right to take from it."""
        return {node for node in self.reach(permission).own if self.may_in(right, node)}

    def has_role(self, role: str, node_id: int | None = None) -> bool:
        """Holds the role; with a node, at or above that node."""
        return role in self.roles if node_id is None else node_id in self.role_nodes.get(role, set())


def access_of(user: User) -> Access:
    """The rights of a user. Grants count by the database's own clock, so no header can extend them."""
    cached: Access | None = getattr(user, "_access", None)
    if cached is None:
        cached = _resolve(user)
        user._access = cached  # type: ignore[attr-defined]
    return cached


_RIGHTS = """
    WITH RECURSIVE held (node_id, granted_id, role_id) AS (
        SELECT node_id, role_id, role_id FROM organisation_grant
        WHERE user_id = %(user)s AND valid_from <= statement_timestamp() AND (valid_to IS NULL OR valid_to > statement_timestamp())
        UNION
        SELECT held.node_id, held.granted_id, part.part_id FROM held JOIN organisation_rolepart part ON part.role_id = held.role_id
    )
    SELECT 'node', id, parent_id, '', '', NULL::json FROM organisation_node
    UNION ALL
    SELECT 'person', absent_id, NULL, '', '', NULL FROM organisation_standin
    WHERE substitute_id = %(user)s AND accepted_at IS NOT NULL AND ended_at IS NULL
      AND starts_at <= statement_timestamp() AND ends_at > statement_timestamp()
    UNION ALL
    SELECT 'grant', held.node_id, NULL, role.code, granted.scope, (
        SELECT json_agg(json_build_array(function.code, cell.level))
        FROM organisation_rolecell cell JOIN organisation_function function ON function.id = cell.function_id WHERE cell.role_id = role.id
    )
    FROM held JOIN organisation_role role ON role.id = held.role_id JOIN organisation_role granted ON granted.id = held.granted_id
"""


def _resolve(user: User) -> Access:
    """All in one statement, since every request and every action waits for it."""
    if not user.is_active:
        return Access(user, {}, frozenset({user.pk}), frozenset(), {})
    with connection.cursor() as cursor:
        cursor.execute(_RIGHTS, {"user": user.pk})
        rows = cursor.fetchall()
    children: dict[int | None, list[int]] = {}
    for _kind, pk, parent, *_rest in (row for row in rows if row[0] == "node"):
        children.setdefault(parent, []).append(pk)
    persons = frozenset([user.pk, *(row[1] for row in rows if row[0] == "person")])
    reaches: dict[str, Reach] = {}
    role_nodes: dict[str, set[int]] = {}
    for _kind, node_id, _parent, role, role_scope, cells in (row for row in rows if row[0] == "grant"):
        everywhere = role_scope == RoleScope.ALL
        reached = set(_all(children)) if everywhere else subtree(node_id, children)
        role_nodes.setdefault(role, set()).update(reached)
        for function, level in cells or ():
            _extend(reaches.setdefault(function, Reach()), level, reached, everywhere)
    return Access(user, reaches, persons, frozenset(role_nodes), role_nodes)


def _extend(reach: Reach, level: int, nodes: set[int], everywhere: bool) -> None:
    if level == Level.OWN:
        reach.own |= nodes
    elif level == Level.VIEW:
        reach.view |= nodes
        reach.view_everywhere |= everywhere
    elif level == Level.ACT:
        reach.act |= nodes
        reach.act_everywhere |= everywhere


def substitutes_of(absent: Iterable[int]) -> QuerySet[StandIn, int]:
    """The ids of those who act for these people now, by the database's own clock."""
    running = StandIn.objects.filter(
        accepted_at__isnull=False, ended_at__isnull=True, starts_at__lte=Now(), ends_at__gt=Now()
    )
    return running.filter(absent_id__in=list(absent)).values_list("substitute_id", flat=True)


def valid_grants() -> QuerySet[Grant]:
    """The grants that hold today, by the calendar of the installation."""
    today = TruncDate(Now(), tzinfo=get_default_timezone())
    return Grant.objects.filter(Q(valid_from__lte=today) & (Q(valid_to__isnull=True) | Q(valid_to__gt=today)))


def containing(role_ids: Iterable[int]) -> set[int]:
    """These roles and all that contain them, directly or through others, as ids."""
    wholes: dict[int, list[int]] = {}
    for role, parts in role_parts().items():
        for part in parts:
            wholes.setdefault(part, []).append(role)
    return reached(role_ids, wholes)


def contained(role_ids: Iterable[int]) -> set[int]:
    """These roles and all they contain, directly or through others, as ids."""
    return reached(role_ids, role_parts())


def role_parts() -> dict[int, list[int]]:
    """Role to the roles it contains directly, as ids."""
    parts: dict[int, list[int]] = {}
    for role, part in RolePart.objects.values_list("role_id", "part_id"):
        parts.setdefault(role, []).append(part)
    return parts


def reached(start: Iterable[int], steps: Mapping[int, list[int]] | Mapping[int | None, list[int]]) -> set[int]:
    """Where one gets from some ids by any number of steps, themselves included."""
    found: set[int] = set()
    open_ids = list(start)
    while open_ids:
        current = open_ids.pop()
        if current not in found:
            found.add(current)
            open_ids.extend(steps.get(current, ()))
    return found


def _children() -> dict[int | None, list[int]]:
    children: dict[int | None, list[int]] = {}
    for pk, parent in Node.objects.values_list("pk", "parent_id"):
        children.setdefault(parent, []).append(pk)
    return children


def _all(children: dict[int | None, list[int]]) -> Iterable[int]:
    return (pk for group in children.values() for pk in group)


def subtree(node_id: int, children: dict[int | None, list[int]] | None = None) -> set[int]:
    """A node and everything below it, as ids."""
    return reached([node_id], _children() if children is None else children)


def scope(
    user: User, permission: Permission, *, node: str = "node_id", owners: Iterable[str] = (), pool: str = "",
    pool_right: Permission | None = None,
) -> Q:  # fmt: skip
    """The condition on a queryset for what the user may reach by a permission.

    `node` is the path to the record's node id, `owners` the paths to user ids that make it one's own, `pool` the path to a
    user id whose absence puts the record into the node's pool: own for all, or only for those with `pool_right` there
    (ORG-010). Serves lists and details alike, and says the same as `checks.require`.
    """
    access = access_of(user)
    reach = access.reach(permission)
    nodes = reach.nodes(need_of(permission).level)
    if nodes is EVERYWHERE:
        return Q()
    condition = Q(pk__in=[]) if not nodes else Q(**{f"{node}__in": nodes})
    if reach.own:
        own = Q()
        for owner in owners:
            own |= Q(**{f"{owner}__in": access.persons})
        if pool:
            own |= _pool(access, permission, node, pool, pool_right)
        condition |= Q(**{f"{node}__in": reach.own}) & (own or Q(pk__in=[]))
    return condition


def _pool(access: Access, permission: Permission, node: str, pool: str, right: Permission | None) -> Q:
    nobodys, own = Q(**{f"{pool}__isnull": True}), access.reach(permission).own
    taking = own if right is None else access.pool_nodes(permission, right)
    if taking == own:
        return nobodys
    return nobodys & Q(**{f"{node}__in": taking}) if taking else Q()


_WHOLES = """
    WITH RECURSIVE whole (id) AS (
        SELECT id FROM organisation_role WHERE code = %s
        UNION SELECT part.role_id FROM whole JOIN organisation_rolepart part ON part.part_id = whole.id
    ) SELECT id FROM whole
"""


def colleagues_with(role: str, node_id: int) -> QuerySet[User]:
    """Active users who hold a role at a node or above it, oldest job number first; for "who acts next"."""
    above = [node_id]
    parents = dict(Node.objects.values_list("pk", "parent_id"))
    while (parent := parents.get(above[-1])) is not None:
        above.append(parent)
    held = (
        valid_grants()
        .filter(user=OuterRef("pk"), role__in=RawSQL(_WHOLES, [role]))  # noqa: S611  (a parameter)
        .filter(Q(node__in=above) | Q(role__scope=RoleScope.ALL))
    )
    return User.objects.filter(Exists(held), is_active=True)
