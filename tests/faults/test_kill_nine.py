"""kill -9 of the web server and of the worker in the middle of the main job: the restart continues, nothing is lost, nothing is doubled."""

from __future__ import annotations

import json
import random
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError

import pytest
from django.db import connection
from django.db.models import Q, Sum
from procrastinate.contrib.django.models import ProcrastinateJob

from kefu.billing.models import Charge
from kefu.customers.models import Customer, TimelineLine
from kefu.followup.models import FollowUp
from kefu.foundation.api.actions import issue_token
from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.jobs.upkeep import retry_stalled
from kefu.foundation.notices.models import Notice
from kefu.foundation.outbox.models import OutboxMessage
from kefu.journey.models import Journey, JourneyEntry
from kefu.journey.tests.walking import INTERVIEW, SURVEY
from kefu.kernel.ids import parse_ident
from kefu.lab.models import Order
from kefu.lab.testing_results import deliver, oru
from kefu.messaging.models import Message
from kefu.stock.models import IssueLine
from kefu.stock.queries import drift
from kefu.testing.cast import SHANGHAI, Cast
from kefu.testing.programs import Program, running, web_server

pytestmark = pytest.mark.django_db(transaction=True)  # the programs see only what is committed
DAYS = (1, 2, 3, 4, 7, 8, 9, 10, 11, 14)  # of December, when the clinic is open
LONGEST = 0.12  # seconds into a request at which the server is killed
PATIENCE = 60.0
Known = dict[str, Any]


@dataclass(frozen=True)
class Step:
    """One request: by whom, where, with what, and what of its answer later steps need."""

    by: str
    path: str
    body: Callable[[Known], object]
    keeps: dict[str, str] = field(default_factory=dict)


def fixed(**body: object) -> Callable[[Known], object]:
    return lambda _known: body


def reports(known: Known, kind: str) -> list[str]:
    order = Order.objects.get(number=known["number"])
    return [f"rep_{pk}" for pk in order.reports.filter(kind=kind).order_by("pk").values_list("pk", flat=True)]


STEPS = [
    Step("manager", "customers", lambda k: {"name": k["name"], "phone": k["phone"]}, {"customer": "id"}),
    Step("manager", "customers/{customer}/archive", fixed(
        sex="female", birth_date="1986-04-05", doctor="2002", health_manager="2004", node="BJ", source="walk_in", remarks_none=True)),
    Step("manager", "appointments", lambda k: {
        "customer": k["customer"], "doctor": "2002", "node": "BJ", "type": "first_visit", "start": k["start"]}),
    Step("doctor", "customers/{customer}/consultations", fixed(answers=INTERVIEW)),
    Step("doctor", "lab-orders", lambda k: {"customer": k["customer"], "doctor": "2002", "items": ["T-GEN"]},
         {"order": "id", "number": "number"}),
    Step("manager", "lab-orders/{order}/signature", fixed()),
    Step("manager", "lab-orders/{order}/kit", fixed()),
    Step("consulting", "lab-orders/{order}/samples", fixed(accepted=True)),
    Step("laboratory", "", fixed()),
    Step("consulting", "reports/{item}/approval", fixed()),
    Step("doctor", "reports/{overall}/overall", fixed(text="各项正常。")),
    Step("consulting", "reports/{overall}/paper", fixed()),
    Step("consulting", "reports/{overall}/handover", fixed(mode="collected", received_on="2026-11-24")),
    Step("doctor", "reports/{overall}/interpretation", fixed()),
    Step("doctor", "purchases", lambda k: {
        "customer": k["customer"], "doctor": "2002", "prescription": [{"product": "N-014", "intake_per_day": 2}]},
        {"purchase": "id"}),
    Step("manager", "purchases/{purchase}/lines", fixed(lines=[{"product": "N-014", "quantity": 3}])),
    Step("manager", "purchases/{purchase}/signature", fixed()),
    Step("manager", "purchases/{purchase}/dispatch", fixed()),
    Step("service", "surveys/visit/responses", lambda k: {"customer": k["customer"], "answers": SURVEY}),
]  # fmt: skip


@dataclass
class Story:
    """The requests of one customer's story, each with a key of its own."""

    cast: Cast
    web: Program
    tokens: dict[str, str]
    known: Known
    at: datetime = datetime(2026, 11, 24, 9, 0, tzinfo=SHANGHAI)

    def take(self, step: Step, *, killed_after: float | None = None) -> None:
        """The step; with `killed_after`, the server is killed so many seconds into the request, started again and asked again."""
        self.at += timedelta(minutes=15)
        if step.by == "laboratory":
            self._results()
            return
        if killed_after is not None:
            asking = threading.Thread(target=self._ask_in_vain, args=(step,))
            asking.start()
            asking.join(killed_after)
            self.web.kill()
            asking.join(PATIENCE)
            self.web.start()
        answer = self._ask(step)
        self.known |= {name: answer[source] for name, source in step.keeps.items()}

    def _ask_in_vain(self, step: Step) -> None:
        with suppress(OSError, HTTPException):  # the server is killed under it
            self._ask(step)

    def _ask(self, step: Step) -> dict[str, Any]:
        path = step.path.format(**self.known)
        headers = {
            "Authorization": f"Bearer {self.tokens[step.by]}", "X-Kefu-At": self.at.isoformat(), "Content-Type": "application/json",
            "Idempotency-Key": f"{self.known['phone']}/{path}",
        }  # fmt: skip
        body = json.dumps(step.body(self.known)).encode()
        request = urllib.request.Request(f"{self.web.url}/api/v1/{path}", body, headers)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                found: dict[str, Any] = json.load(answer)
        except HTTPError as error:
            raise AssertionError(f"{path}: {error.code} {error.read().decode()}") from error
        return found

    def _results(self) -> None:
        order = Order.objects.select_related("customer").get(number=self.known["number"])
        days = (self.at - self.cast.at) / timedelta(days=1)
        assert deliver(self.cast, oru(order, control_id=f"M{order.pk}"), days=days) == ("AA", "")
        [item] = reports(self.known, "item")
        self.known["item"] = item

    def before(self, step: Step) -> None:
        """What a step needs that no answer has told."""
        if "{overall}" in step.path and "overall" not in self.known:
            [self.known["overall"]] = reports(self.known, "overall")


@pytest.fixture(scope="module")
def web(house: Cast, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    with web_server(tmp_path_factory.mktemp("web")) as program:
        yield program


@pytest.fixture(scope="module")
def worker(house: Cast, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    def works() -> bool:
        return True

    with running(Program("worker", ["kefu.config", "worker"], tmp_path_factory.mktemp("worker"), 0, works)) as program:
        yield program


@pytest.fixture(scope="module")
def tokens(house: Cast) -> dict[str, str]:
    people = ("manager", "doctor", "consulting", "service")
    return {name: issue_token(user=getattr(house, name), name="kill", by=house.admin, at=house.at) for name in people}


def footprint(known: Known) -> dict[str, object]:
    """Everything a story has left behind, without its numbers and times."""
    customer = Customer.objects.get(pk=parse_ident(known["customer"], "cus"))
    mine = {"customer": customer.pk}
    told = Message.objects.filter(
        customer=customer, key__startswith="appointment:"
    )  # told or not, by how soon the visit follows the booking
    about_told = Q(subject_kind="messaging.message", subject_id__in=told.values("pk"))
    entries = JourneyEntry.objects.filter(journey__customer=customer).order_by("pk")
    return {
        "archive number": bool(customer.archive_number),
        "journey": list(Journey.objects.filter(**mine).values_list("state", "node__code", "status_code")),
        "history": list(entries.values_list("node__code", "kind", "status_code", "by__username")),
        "timeline": Counter(TimelineLine.objects.filter(**mine).exclude(kind="message").values_list("kind", "amount")),
        "trail": Counter(AuditEntry.objects.filter(customer_id=customer.pk).exclude(about_told).values_list("code", "by__username")),
        "charges": Charge.objects.filter(**mine).aggregate(Sum("amount"))["amount__sum"],
        "goods": Counter(IssueLine.objects.filter(slip__customer_id=customer.pk).values_list("lot__product__code", "packs")),
        "follow-ups": Counter(FollowUp.objects.filter(**mine).values_list("code", "state")),
        "messages": Counter(OutboxMessage.objects.filter(customer_id=customer.pk).exclude(key__startswith="msg:appointment:").values_list("channel", "state")),
        "bells": Counter(Notice.objects.filter(customer_id=customer.pk).values_list("code", "user__username")),
    }  # fmt: skip


def tell(story: Story, kills: dict[int, float], worker: Program, worker_kills: set[int]) -> None:
    for place, step in enumerate(STEPS):
        if place in worker_kills:
            worker.kill()
            let_half_a_minute_pass()
            worker.start()
        story.before(step)
        story.take(step, killed_after=kills.get(place))


def let_half_a_minute_pass() -> None:
    """For the killed worker: its heartbeat is over."""
    with connection.cursor() as cursor:
        cursor.execute("update procrastinate_workers set last_heartbeat = last_heartbeat - interval '31 seconds'")


def wait_for_the_jobs() -> None:
    """Until every job is done that is due; those of killed workers are queued again, as upkeep does."""
    end = time.monotonic() + PATIENCE
    due = Q(scheduled_at=None) | Q(scheduled_at__lte=datetime.now(UTC))
    while (open_jobs := ProcrastinateJob.objects.filter(due, status__in=("todo", "doing"))).exists():
        retry_stalled(at=datetime.now(UTC))
        assert time.monotonic() < end, list(open_jobs.values_list("task_name", "status"))


@pytest.mark.parametrize("stories", [1, pytest.param(50, marks=pytest.mark.soak)])
def test_the_restart_continues_and_nothing_is_lost_or_doubled(
    house: Cast, web: Program, worker: Program, tokens: dict[str, str], stories: int
) -> None:
    """Four kills of the web server and two of the worker in each story."""
    undisturbed = {"name": "程望舒", "phone": "10000000003", "start": "2026-11-25T09:00:00+08:00"}
    tell(Story(house, web, tokens, undisturbed), {}, worker, set())
    chance = random.Random(20261123)
    tries = [place for place, step in enumerate(STEPS) if step.by != "laboratory"]
    for number in range(stories):
        phone, (day, slot) = f"1000000{1000 + number:04}", (DAYS[number // 5], number % 5)
        start = f"2026-12-{day:02}T{9 + slot // 2:02}:{slot % 2 * 30:02}:00+08:00"
        kills = {place: chance.uniform(0, LONGEST) for place in chance.sample(tries, 4)}
        known = {"name": "沈知夏", "phone": phone, "start": start}
        tell(Story(house, web, tokens, known), kills, worker, set(chance.sample(range(len(STEPS)), 2)))
        wait_for_the_jobs()
        assert footprint(known) == footprint(undisturbed)
    assert drift() == []
