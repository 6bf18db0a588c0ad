"""Which record of the demo world stands in a route's place, most telling first."""

import re
from collections.abc import Callable, Iterable, Mapping
from itertools import permutations, product

from django.db.models import Count, Model
from tests.pages import customers

from kefu.appointments.models import (
    Appointment,
    AppointmentRequest,
    ClinicSchedule,
    ScheduleException,
    VisitType,
    WaitlistEntry,
)
from kefu.billing.models import (
    Charge,
    DayClose,
    Desk,
    Payment,
    Prepaid,
    PrepaidEntry,
    PrepaidLow,
    PrepaidWeek,
    Refund,
)
from kefu.consultations.models import Consultation
from kefu.customers.choices import ConsentScope
from kefu.customers.models import (
    ConsentEntry,
    Customer,
    Merge,
    PrivacyRequest,
    Segment,
    Source,
    SubjectExport,
    TerritoryMove,
)
from kefu.dispatch.models import Back, DayList, Run, RunLine, ShortItem, SlipLine, SlipSheet, Wish
from kefu.followup.models import FollowUp, Push
from kefu.foundation.approvals.models import ApprovalRequest
from kefu.foundation.exchange.lists import registered
from kefu.foundation.exchange.models import ImportRun, SavedMapping
from kefu.foundation.limits.registry import declared
from kefu.foundation.lists.models import BulkRun, SavedView
from kefu.foundation.lists.specs import lists
from kefu.foundation.outbox.models import OutboxMessage
from kefu.foundation.slots.registry import slots
from kefu.foundation.worktime.models import Calendar, Festival
from kefu.journey.models import Journey, NodeTemplate
from kefu.lab.models import Message, Order, Report, Sample
from kefu.messaging.models import Template
from kefu.messaging.refusing import refusal_path
from kefu.organisation.models import Node, RoleCell, User
from kefu.people.models import Credential, Departure, Doctor, Institution
from kefu.products.models import Analyte, Category, FactReport, Package, PricePeriod, Product, Promotion, TestItem
from kefu.purchasing.models import CountLine, Delivery, Proposal, ProposalLine, PurchaseOrder, PurchaseRequest, Supplier
from kefu.questionnaires.models import QuestionnaireVersion
from kefu.requisitions.models import Lending, Requisition
from kefu.sales.models import Purchase, Reversal, Settlement
from kefu.stock.models import Balance, ClimateBreach, ClimateReading, Destruction, IssueSlip, Recall, Receipt, Stocktake
from kefu.stock.queries import to_destroy
from kefu.surveys.models import Opinion, Response
from kefu.surveys.queries import surveys
from kefu.testing.cast import AT

Records = Iterable[tuple[object, ...]]
Find = Callable[[], Records]


def _of(model: type[Model], key: str = "pk") -> Find:
    """The newest few records of a table."""
    return lambda: model._default_manager.order_by("-pk").values_list(key)[:20]


def _customers() -> Records:
    """The customers with the longest stories first."""
    return Customer.objects.annotate(lines=Count("timeline")).order_by("-lines").values_list("pk")[:6]


def _tabs() -> Records:
    return product([pk for (pk,) in _customers()][:1], sorted(slots.tabs))


def _mailed() -> Records:
    """What stands in the address of the newest mail."""
    letters = OutboxMessage.objects.filter(channel="email").order_by("-pk").values_list("payload__body", flat=True)
    return ((found,) for letter in letters for found in re.findall(r"/password/link/([\w-]+)/", letter))


def _surveys() -> Records:
    return product([pk for (pk,) in _customers()][:3], surveys().values_list("code", flat=True))


def _reports() -> Records:
    """The newest report of each kind and state."""
    return Report.objects.order_by("kind", "status", "-pk").distinct("kind", "status").values_list("pk")


def _drafts() -> Records:
    return QuestionnaireVersion.objects.filter(state="draft").values_list("questionnaire__code", "number")


def _questions() -> Records:
    for version in QuestionnaireVersion.objects.filter(state="draft").select_related("questionnaire"):
        yield version.questionnaire.code, version.number, version.definition["questions"][0]["code"]


def _parts() -> Records:
    drafts = QuestionnaireVersion.objects.filter(state="draft", questionnaire__code="interview")
    codes = drafts.values_list("questionnaire__code", "number")
    return ((code, number, part) for (code, number), part in product(codes, ("sections", "alerts", "score_bands")))


RECORDS: Mapping[str, Find] = {
    "appointments/": _of(Appointment),
    "appointments/renegotiations/<int": lambda: [(1,)],  # these three only take what is sent
    "appointments/schedule/closings/<int": lambda: [(1,)],
    "appointments/schedule/equipment/<int": lambda: [(1,)],
    "appointments/schedule/exceptions/": _of(ScheduleException),
    "appointments/schedule/hours/": lambda: (
        ClinicSchedule.objects.filter(valid_to__isnull=True).order_by("-pk").values_list("pk")[:20]
    ),
    "appointments/requests/": _of(AppointmentRequest),
    "appointments/types/": _of(VisitType, "code"),
    "appointments/waitlist/": _of(WaitlistEntry),
    "calendars/": _of(Calendar, "code"),
    "calendars/festivals/": _of(Festival, "code"),
    "charges/": _of(Charge),
    "payments/": _of(Payment),
    "refunds/": _of(Refund),
    "desks/": _of(Node),
    "day-closes/": _of(DayClose),
    "day-closes/desks/": _of(Desk),
    "colleagues/": _of(User),
    "consent-texts/": lambda: [(scope,) for scope in ConsentScope.values[:2]],
    "consultations/": _of(Consultation),
    "customers/": _customers,
    "customers/<int:customer_id>/archive/": lambda: Customer.objects.filter(stage="lead").values_list("pk"),
    "customers/<int:customer_id>/consents/<int": lambda: ConsentEntry.objects.values_list("customer_id", "pk"),
    "customers/<int:customer_id>/consents/<slug": lambda: ConsentEntry.objects.values_list("customer_id", "scope"),
    "customers/<int:customer_id>/merging/<int:other_id>/": lambda: permutations([pk for (pk,) in _customers()], 2),
    "customers/<int:customer_id>/privacy/<int": lambda: PrivacyRequest.objects.filter(state="asked").values_list(
        "customer_id", "pk"
    ),
    "customers/<int:customer_id>/reopening/": lambda: Customer.objects.filter(stage="closed").values_list("pk"),
    "customers/<int:customer_id>/subject-exports/<int": lambda: SubjectExport.objects.values_list("customer_id", "pk"),
    "customers/<int:customer_id>/surveys/": _surveys,
    "customers/<int:customer_id>/tabs/": _tabs,
    "customers/merges/": _of(Merge),
    "departures/": _of(Departure),
    "doctors/": _of(Doctor),
    "exports/": lambda: [(listed.code,) for listed in registered()],
    "festivals/": _of(Festival, "code"),
    "follow-ups/": _of(FollowUp),
    "imports/": lambda: ImportRun.objects.values_list("spec", "pk"),
    "imports/<str:spec_code>/mappings/": lambda: SavedMapping.objects.values_list("spec", "pk"),
    "institutions/": _of(Institution),
    "journey-nodes/": _of(NodeTemplate),
    "journeys/": _of(Journey),
    "journeys/nodes/": _of(NodeTemplate, "code"),
    "lab-messages/": _of(Message),
    "lab-orders/": _of(Order),
    "limits/": lambda: [(one.code,) for one in declared()[:1]],
    "lists/": lambda: SavedView.objects.values_list("list_code", "pk"),
    "lists/<slug:list_code>/views/": lambda: [(one.code,) for one in lists()],
    "lists/<slug:list_code>/views/<int": lambda: SavedView.objects.values_list("list_code", "pk"),
    "lists/runs/": _of(BulkRun),
    "messages/templates/": _of(Template, "code"),
    "messages/templates/<slug:code>/registrations/": lambda: [("appt_confirmed", "aliyun", "en")],
    "nodes/": _of(Node),
    "packages/": _of(Package, "code"),
    "password/link/": _mailed,
    "prepaid/": _of(Prepaid),
    "prepaid/entries/": _of(PrepaidEntry),
    "prepaid/lows/": _of(PrepaidLow),
    "prepaid-weeks/": _of(PrepaidWeek),
    "prepaid-weeks/new/": lambda: PrepaidEntry.objects.filter(kind="deducted", on__iso_week_day=1).values_list(
        "node", "on"
    ),
    "product-categories/": _of(Category, "code"),
    "product-labels/<str:node_code>/": lambda: [
        (code, "gut") for code in Node.objects.filter(kind="centre").values_list("code", flat=True)[:3]
    ],
    "product-prices/": _of(PricePeriod),
    "product-reports/": _of(FactReport),
    "products/": _of(Product, "code"),
    "promotions/": _of(Promotion),
    "portal/appointments/": lambda: customers.appointments(AT),
    "portal/refusals/": lambda: [
        (refusal_path(pk).split("/")[-2],) for pk in Customer.objects.values_list("pk", flat=True)[:2]
    ],
    "portal/requests/": lambda: customers.requests(AT),
    "portal/waitlist/": lambda: customers.waits(AT),
    "purchases/": _of(Purchase),
    "purchases/<int:pk>/reversals/new/": lambda: (
        Purchase.objects.filter(state__in=["signed", "partly", "dispatched"]).order_by("-pk").values_list("pk")[:5]
    ),
    "purchases/reversals/": _of(Reversal),
    "purchases/settlements/": _of(Settlement),
    "purchasing/deliveries/": _of(Delivery),
    "purchasing/deliveries/<int:pk>/allowances/": lambda: CountLine.objects.values_list("count__delivery", "product")[
        :1
    ],
    "purchasing/orders/": _of(PurchaseOrder),
    "purchasing/proposals/": _of(Proposal),
    "purchasing/proposals/<int:pk>/lines/": lambda: ProposalLine.objects.values_list("proposal", "pk")[:1],
    "purchasing/requests/": _of(PurchaseRequest),
    "purchasing/suppliers/": _of(Supplier),
    "pushes/": _of(Push),
    "pushes/<int:pk>/registrations/": lambda: [
        (pk, "wechat", "zh-hans") for pk in Push.objects.filter(kind="campaign").values_list("pk", flat=True)
    ],
    "questionnaires/": _drafts,
    "questionnaires/<slug:code>/versions/<int:number>/parts/": _parts,
    "questionnaires/<slug:code>/versions/<int:number>/questions/": _questions,
    "reports/": _reports,
    "dispatch/day/lists/": _of(DayList),
    "dispatch/returns/": _of(Back),
    "dispatch/runs/": _of(Run),
    "dispatch/runs/<int:pk>/orders/<int:line>/": lambda: RunLine.objects.values_list("run", "pk")[:1],
    "dispatch/sheets/": _of(SlipSheet),
    "dispatch/sheets/<int:pk>/slips/": lambda: SlipLine.objects.values_list("sheet", "pk")[:1],
    "dispatch/short/": _of(ShortItem),
    "dispatch/wishes/": _of(Wish),
    "requisitions/": _of(Requisition),
    "requisitions/<int:pk>/picking/": lambda: Requisition.objects.filter(state="approved").values_list("pk"),
    "requisitions/<int:pk>/arrival/": lambda: Requisition.objects.filter(state="issued").values_list("pk"),
    "lendings/": _of(Lending),
    "roles/": lambda: RoleCell.objects.values_list("role__code", "function__code")[:1],
    "requests/": _of(ApprovalRequest),
    "samples/": _of(Sample),
    "sources/": _of(Source),
    "segments/": _of(Segment),
    "staff/": _of(User),
    "staff/<int:user_id>/credentials/": lambda: Credential.objects.values_list("user_id")[:1],
    "stock/balances/": _of(Balance),
    "stock/destructions/": _of(Destruction),
    "stock/destructions/<int:pk>/prints/": lambda: (
        (pk, "request") for pk in Destruction.objects.values_list("pk", flat=True)
    ),
    "stock/climate/breaches/": _of(ClimateBreach),
    "stock/climate/zones/": lambda: ClimateReading.objects.values_list("zone")[:1],
    "stock/issues/": _of(IssueSlip),
    "stock/products/": lambda: Balance.objects.order_by("-quantity").values_list("lot__product__code")[:3],
    "stock/recalls/": _of(Recall),
    "stock/receipts/": _of(Receipt),
    "stock/stocktakes/": _of(Stocktake),
    "surveys/opinions/": lambda: Opinion.objects.filter(state="open").values_list("pk"),
    "surveys/responses/": _of(Response),
    "territory-moves/": _of(TerritoryMove),
    "test-items/": _of(TestItem, "code"),
    "test-items/<str:code>/analytes/": lambda: Analyte.objects.values_list("item__code", "code")[:1],
    "users/": _of(User),
}

ASKED: dict[str, Callable[[], str]] = {
    "stock/destructions/new/": lambda: f"?balance={to_destroy(AT).earliest('pk').pk}",
}


def records_for(route: str) -> list[tuple[object, ...]]:
    """Values for a route's parameters, from its longest known beginning; one empty tuple where there are none or none is known."""
    known = [beginning for beginning in RECORDS if route.lstrip("^").startswith(beginning)]
    return list(RECORDS[max(known, key=len)]()) if known and "<" in route else [()]


def query_for(route: str) -> str:
    """What a route needs after its address; for most nothing."""
    return ASKED[route]() if route in ASKED else ""
