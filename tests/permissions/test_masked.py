"""Numbers and addresses of customers stay masked on every page, in lists, prints, exports, answers, words kept and logs.

Whoever needs one in full reveals it, and that leaves a row; so an answer may only hold a whole number where it left such a row.
"""

import io
import json
import logging
import re
from collections.abc import Callable, Iterable
from urllib.parse import urlencode

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from tests.permissions.test_api_routes import operations
from tests.permissions.test_routes import address, behind_login

from kefu.appointments.models import Appointment
from kefu.billing.models import Charge
from kefu.consultations.models import Consultation
from kefu.customers.actions import add_contact, add_paper, print_consent_sheet, print_readers, update_archive
from kefu.customers.columns import COLUMNS
from kefu.customers.models import TimelineLine
from kefu.followup.models import FollowUp
from kefu.foundation.api.actions import issue_token
from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.notices.models import Notice
from kefu.foundation.printing.models import Print
from kefu.foundation.printing.registry import find
from kefu.foundation.printing.rendering import draft
from kefu.foundation.slots.registry import slots
from kefu.journey.tests.walking import Walk, start_walk
from kefu.kernel.id_numbers import check_digit
from kefu.kernel.ids import ident
from kefu.lab.documents import GUIDE, LABELS, REQUEST, SHEET
from kefu.lab.models import Report, Sample
from kefu.organisation.models import User
from kefu.sales.models import Purchase
from kefu.surveys.models import Response
from kefu.testing.cast import Cast

Login = Callable[[User], Client]
OWN = "10000000001"
CONTACTS = {"phone": "10000007351", "email": "shian.hidden@example.com", "wechat": "hidden-wechat-7351"}
CARD = "8800 1264 7359"
IDENTITY = "11010519850612002" + check_digit("11010519850612002")
LOOKERS = ("manager", "doctor", "service", "director", "keeper", "admin")
IN_FULL: dict[str, str] = {}
"""Routes that show a whole number without a reveal, and why they must. None does."""


def flat(text: str) -> str:
    """Without what people and programs group numbers with."""
    return re.sub(r"[\s\-]|&nbsp;", "", text)


SECRETS = [flat(secret) for secret in (OWN, *CONTACTS.values(), CARD, IDENTITY)]


def leaks(text: str) -> list[str]:
    """The numbers and addresses that stand in a text in full."""
    found = flat(text)
    return [secret for secret in SECRETS if secret in found]


def text_of(answer: HttpResponse) -> str:
    return "" if answer.streaming or answer["Content-Type"] == "application/pdf" else answer.content.decode()


def reveals() -> int:
    return AuditEntry.objects.filter(kind="reveal").count()


@pytest.fixture
def walk(cast: Cast) -> Walk:
    """A customer far along, with every kind of contact and a membership card."""
    walk = start_walk(cast).to("followup")
    for kind, value in CONTACTS.items():
        add_contact(customer=walk.customer, kind=kind, value=value, by=cast.manager, at=walk.at)
    update_archive(customer=walk.customer, changes={"card_number": CARD}, by=cast.manager, at=walk.at)
    add_paper(customer=walk.customer, kind="resident", number=IDENTITY, by=cast.manager, at=walk.at)
    return walk


OF_THE_CUSTOMER = {
    "appointments": Appointment, "charges": Charge, "consultations": Consultation, "follow-ups": FollowUp, "purchases": Purchase,
    "reports": Report, "samples": Sample, "surveys": Response,
}  # fmt: skip
"""What stands behind the first word of an address with a number."""


def own(url: str) -> str:
    """The address with the customer's record in place of one that does not exist."""
    model = OF_THE_CUSTOMER.get(url.split("/")[1])
    first = model.objects.values_list("pk", flat=True).first() if model else None
    return url.replace("/999999/", f"/{first}/") if first else url


def pages(walk: Walk) -> Iterable[str]:
    """Every route with the customer's own records, every tab, and the ways to find the customer by the end of a number."""
    yield from (own(address(route, walk)) for route in behind_login())
    for tab in slots.tabs:
        yield reverse("customers:tab", args=[walk.customer.pk, tab])
    yield from (
        "/search/?q=7351",
        "/customers/?q=7351",
        "/customers/pick/?q=7351",
    )


@pytest.mark.req("SEC-001", part="lists and details")
def test_no_page_shows_a_whole_number(walk: Walk, login: Login, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    urls, shown, opened = list(dict.fromkeys(pages(walk))), {}, 0
    for name in LOOKERS:
        browser = login(getattr(walk.cast, name))
        for url in urls:
            answer = browser.get(url)
            opened += answer.status_code == 200
            if found := leaks(text_of(answer)):
                shown[f"{url} as {name}"] = found
    assert {place: found for place, found in shown.items() if place.split(" as ")[0] not in IN_FULL} == {}
    assert opened > 200
    assert leaks(caplog.text) == []


@pytest.mark.req("SEC-001", part="lists and details")
def test_the_page_says_the_end_of_each_number_and_reveals_it_for_a_purpose(walk: Walk, login: Login) -> None:
    browser, customer = login(walk.cast.manager), walk.customer
    page = browser.get(reverse("customers:page", args=[customer.pk])).content.decode()
    for masked in ("100 **** 7351", "s****@example.com", "h****", "****7359"):
        assert masked in page
    url = reverse("customers:card_reveal", args=[customer.pk])
    asked = browser.post(url, {"reason": " "})
    assert (asked.status_code, leaks(asked.content.decode()), reveals()) == (422, [], 0)
    shown = browser.post(url, {"reason": "补办会员卡"}).content.decode()
    assert leaks(shown) == [flat(CARD)]
    row = AuditEntry.objects.get(kind="reveal")
    assert (row.code, row.reason, row.customer_id) == ("customers.card.revealed", "补办会员卡", customer.pk)
    assert login(walk.cast.doctor).post(url, {"reason": "看看"}).status_code == 403


@pytest.mark.req("SEC-001", part="lists and details")
def test_the_form_of_the_archive_leaves_a_masked_card_alone(walk: Walk, login: Login) -> None:
    browser, customer = login(walk.cast.manager), walk.customer
    url = reverse("customers:edit", args=[customer.pk])
    form = browser.get(url).context["form"]
    sent = {name: "" if (value := form[name].value()) in (None, False) else value for name in form.fields}
    browser.post(url, sent | {"interests": "茶"})
    customer.refresh_from_db()
    assert (customer.interests, customer.card_number) == ("茶", CARD)
    wrong = browser.post(url, sent | {"card_number": "****1111", "version": customer.version})
    assert (wrong.status_code, "请填写完整的会员卡号。" in wrong.content.decode()) == (422, True)
    browser.post(url, sent | {"card_number": "7700 0000 1111", "version": customer.version})
    customer.refresh_from_db()
    assert customer.card_number == "7700 0000 1111"


@pytest.mark.req("SEC-001", part="prints")
def test_no_paper_carries_a_whole_number(walk: Walk) -> None:
    print_consent_sheet(customer=walk.customer, by=walk.cast.manager, at=walk.at)
    print_readers(customer=walk.customer, by=walk.cast.director, at=walk.at)
    papers = {(made.document, made.subject_id) for made in Print.objects.all()}
    papers |= {(code, walk.order.pk) for code in (SHEET, REQUEST, GUIDE, LABELS)}
    assert len(papers) >= 6
    for code, subject in papers:
        paper = draft(find(code), subject).html(version=1, copy_label="", printed_by="", printed_at=walk.at)
        assert leaks(paper) == [], code


@pytest.mark.req("SEC-001", part="exports")
def test_no_spreadsheet_carries_a_whole_number(walk: Walk, login: Login) -> None:
    director = login(walk.cast.director)
    sheet = {"reason": "核对", "form": "csv"}
    url = reverse("customers:export") + "?" + urlencode({"columns": [column.code for column in COLUMNS]}, doseq=True)
    assert leaks(director.post(url, sheet).content.decode("utf-8-sig")) == []
    book = director.post(url, sheet | {"form": "xlsx"}).content
    cells = [str(cell.value) for row in load_workbook(io.BytesIO(book)).worksheets[0].iter_rows() for cell in row]
    assert "100 **** 7351" in "".join(cells)
    assert leaks(" ".join(cells)) == []


@pytest.mark.req("SEC-001", part="lists and details")
def test_a_program_gets_whole_numbers_only_by_a_reveal(walk: Walk) -> None:
    paths = {route.split(" ")[1] for route, _operation in operations() if route.startswith("GET ")}
    assert len(paths) > 15
    filled = {path.replace("{customer_id}", ident("cus", walk.customer.pk)).replace("{order_id}", ident("ord", walk.order.pk)) for path in paths}  # fmt: skip
    answers = 0
    for name in ("doctor", "manager", "service"):
        token = issue_token(user=getattr(walk.cast, name), name="story", by=walk.cast.admin, at=walk.at)
        program = Client(headers={"Authorization": f"Bearer {token}"})
        for path in filled:
            before = reveals()
            answer = program.get("/api/v1/" + path.lstrip("/"))
            answers += answer.status_code == 200
            if leaks(answer.content.decode()):
                assert (name, reveals() > before) == ("manager" if name == "manager" else "service", True), path
    assert answers > 20


@pytest.mark.req("SEC-003", part="changes")
def test_no_whole_number_is_kept_in_words(walk: Walk) -> None:
    lines = [
        json.dumps([line.said, line.values, line.details], ensure_ascii=False) for line in TimelineLine.objects.all()
    ]
    notices = list(Notice.objects.values_list("text", flat=True))
    trail = [json.dumps([row.changes, row.reason], ensure_ascii=False) for row in AuditEntry.objects.all()]
    assert len(lines) > 10 and len(trail) > 10
    assert leaks("\n".join([*lines, *notices, *trail])) == []
