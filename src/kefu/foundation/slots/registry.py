"""Slots: tabs of the customer page, items of the workbench, results of the search box, entries of the navigation.

Each module registers its own from `slots.py`, which its AppConfig imports in `ready()`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.http import HttpResponse

from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.access.rules import Permission
from kefu.organisation.models import User


@dataclass(frozen=True)
class CustomerTab:
    """A lazy panel of the customer page. `render(request, customer)` answers a fragment; shown only to holders of the permission.

    `pooled`: what it shows is also open to people whose own customer this is not, such as contacts nobody has taken on; then holding
    the permission anywhere is enough, and the panel itself leaves out what the reader may not see.
    """

    code: str
    label: object
    order: int
    permission: Permission
    render: Callable[[StaffRequest, object], HttpResponse]
    pooled: bool = False


@dataclass(frozen=True)
class CustomerHead:
    """A part of the customer's head card (journey strip, next promise): a template and the context it needs, in constant queries."""

    code: str
    order: int
    permission: Permission
    template: str
    context: Callable[[User, object, datetime], dict[str, object]]


@dataclass(frozen=True)
class ProductPanel:
    """A card on the page of a product: a template and the context it needs, `context(user, product, at)`, in constant queries."""

    code: str
    order: int
    permission: Permission
    template: str
    context: Callable[[User, object, datetime], dict[str, object]]


@dataclass(frozen=True)
class WorkItem:
    """Something a person owes: what, to whom, until when, and the one verb that settles it.

    `group` is one of: journey, appointment, followup, tracking, report, sales, handover, notice. `waiting` names whom we wait for (clock stopped).
    """

    group: str
    label: object
    icon: str
    what: str
    url: str
    verb: object
    due_at: datetime | None = None
    started_at: datetime | None = None
    why: str = ""
    customer_id: int | None = None
    customer_name: str = ""
    customer_note: str = ""  # sex and age
    waiting: str = ""


@dataclass(frozen=True)
class Hit:
    """One result of the search box."""

    title: str
    note: str
    url: str


@dataclass(frozen=True)
class SearchGroup:
    """A group of search results, e.g. orders by number. `find(user, text, limit)` runs within the user's scope."""

    code: str
    label: object
    order: int
    permission: Permission
    find: Callable[[User, str, int], list[Hit]]


@dataclass(frozen=True)
class NavItem:
    """A place in the side navigation. `section` is today, customers, goods or management; `count` may say what waits there."""

    section: str
    order: int
    label: object
    icon: str
    url_name: str
    permission: Permission
    key: str = ""  # the letter after g
    count: Callable[[User, datetime], int] | None = None


@dataclass(frozen=True)
class CreateItem:
    """An entry of the quick-create menu; without a permission it is everybody's."""

    order: int
    label: object
    url_name: str
    permission: Permission | None = None


WorkItems = Callable[[User, datetime], Iterable[WorkItem]]
OpenDemand = Callable[[datetime], Iterable[tuple[int, int, int]]]
"""Packs that are wanted and not set aside yet, as (node id, product id, packs)."""


@dataclass
class Slots:
    """Everything registered, by kind; registering the same entry twice is harmless."""

    tabs: dict[str, CustomerTab] = field(default_factory=dict)
    heads: dict[str, CustomerHead] = field(default_factory=dict)
    product_panels: dict[str, ProductPanel] = field(default_factory=dict)
    work: dict[str, WorkItems] = field(default_factory=dict)
    search: dict[str, SearchGroup] = field(default_factory=dict)
    nav: dict[str, NavItem] = field(default_factory=dict)
    create: dict[str, CreateItem] = field(default_factory=dict)
    demand: dict[str, OpenDemand] = field(default_factory=dict)


slots = Slots()


def register(*entries: CustomerTab | CustomerHead | ProductPanel | SearchGroup | NavItem | CreateItem) -> None:
    """Fill slots; a later entry with the same code replaces the earlier."""
    for entry in entries:
        match entry:
            case CustomerTab():
                slots.tabs[entry.code] = entry
            case CustomerHead():
                slots.heads[entry.code] = entry
            case ProductPanel():
                slots.product_panels[entry.code] = entry
            case SearchGroup():
                slots.search[entry.code] = entry
            case NavItem():
                slots.nav[entry.url_name] = entry
            case CreateItem():
                slots.create[entry.url_name] = entry


def register_work(code: str, items: WorkItems) -> None:
    """Let a module put items on the workbench: `items(user, at)`, in a constant number of queries, at most 200 rows."""
    slots.work[code] = items


def register_demand(code: str, wanted: OpenDemand) -> None:
    """Let a module say what its customers wait for, so that purchasing plans with it: constant queries, each product of a place once."""
    slots.demand[code] = wanted
