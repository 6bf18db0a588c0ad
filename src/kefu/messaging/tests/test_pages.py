"""The pages of messages, templates and contacts, for those who may and those who may not."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kefu.foundation.jobs.testing import run_pending
from kefu.foundation.outbox import transports
from kefu.messaging import content, queries
from kefu.messaging.actions import log_contact, send
from kefu.messaging.models import ContactAttempt, Template
from kefu.messaging.slots import contacts_panel
from kefu.messaging.tests.people import wang
from kefu.testing.cast import AT

CASE = {"case_no": "C2612-0031"}


@pytest.fixture(autouse=True)
def _no_gateway():
    transports.close("sms")


def solved(cast, customer, count: int = 1) -> None:
    for _ in range(count):
        send(customer=customer, template="case_solved", values=CASE, by=cast.manager, at=AT)


def test_messages_show_words_masked_number_and_why_they_wait(cast, login):
    solved(cast, wang(cast))
    run_pending(AT)

    shown = login(cast.manager).get("/messages/").content.decode()

    assert "【和康】王女士您好，C2612-0031已有处理结果" in shown
    assert "13800001234" not in shown and "138 **** 1234" in shown
    assert "短信通道没有开通" in shown and "一条没丢" in shown


def test_messages_are_filtered_by_state(cast, login):
    solved(cast, wang(cast))
    page = login(cast.manager)

    assert "C2612-0031" in page.get("/messages/?state=pending").content.decode()
    assert "C2612-0031" not in page.get("/messages/?state=sent").content.decode()


def test_another_centre_sees_none_of_them(cast, login):
    solved(cast, wang(cast))

    assert "C2612-0031" not in login(cast.sh_manager).get("/messages/").content.decode()
    assert login(cast.keeper).get("/messages/").status_code == 403


def test_the_list_costs_the_same_for_one_message_and_for_twenty(cast, login):
    customer, page, costs = wang(cast), login(cast.manager), []
    for more in (1, 19):
        solved(cast, customer, more)
        with CaptureQueriesContext(connection) as made:
            page.get("/messages/")
        costs.append(len(made))

    assert costs[0] == costs[1]


def test_the_administrator_rewrites_a_template_with_a_preview(cast, login):
    content.load(by=None, at=AT)
    page = login(cast.admin)
    assert "62/70" in page.get("/messages/templates/").content.decode()

    answer = page.post("/messages/templates/queue_call/preview/", {"zh": "{name}，{number}号请到{table}。"})
    assert "【和康】王女士，8号请到3号诊室。" in answer.content.decode()
    assert "短信 17 字（含签名），最多 70 字" in answer.content.decode()
    refused = page.post("/messages/templates/queue_call/versions/new/", {"zh": "字" * 70, "en": ""})
    assert (refused.status_code, "现在 74 个" in refused.content.decode()) == (422, True)
    saved = page.post(
        "/messages/templates/queue_call/versions/new/", {"zh": "{name}，{number}号请到{table}。", "en": ""}
    )

    assert (saved.status_code, saved.headers["Location"]) == (302, "/messages/templates/queue_call/")
    assert queries.current_templates().get(code="queue_call").zh == "{name}，{number}号请到{table}。"
    assert "第 2 版" in page.get("/messages/templates/").content.decode()
    assert "在用" in page.get("/messages/templates/queue_call/").content.decode()


def test_the_supervisor_reads_templates_and_cannot_write_them(cast, login):
    content.load(by=None, at=AT)
    page = login(cast.supervisor)

    assert "改写" not in page.get("/messages/templates/queue_call/").content.decode()
    assert page.post("/messages/templates/queue_call/versions/new/", {"zh": "您好。"}).status_code == 403
    assert page.get("/messages/templates/nothing/").status_code == 404
    assert login(cast.keeper).get("/messages/templates/").status_code == 403
    assert not Template.objects.filter(version=2).exists()


def test_a_manager_logs_a_call_from_the_page(cast, login):
    customer = wang(cast)
    page, address = login(cast.manager), f"/customers/{customer.pk}/contact-attempts/new/"
    assert "登记联系" in page.get(address).content.decode()
    call = {"channel": "phone", "direction": "out", "purpose": "report", "outcome": "no_answer", "note": "下午再打"}

    assert page.post(address, call | {"outcome": ""}).status_code == 422
    assert page.post(address, call).status_code == 302
    assert login(cast.sh_manager).post(address, call).status_code == 404

    assert ContactAttempt.objects.get().note == "下午再打"


def test_greetings_are_stopped_and_resumed_from_the_page(cast, login):
    customer, page = wang(cast), login(cast.manager)

    page.post(f"/customers/{customer.pk}/opt-out/", {"reason": "太多了"})
    assert queries.opted_out(customer).reason == "太多了"
    page.post(f"/customers/{customer.pk}/opt-out/", {"wanted": "1"})
    assert queries.opted_out(customer) is None


def test_the_customer_page_shows_messages_and_contacts(cast, rf):
    customer = wang(cast)
    solved(cast, customer)
    log_contact(
        customer=customer, channel="phone", direction="in", purpose="report", outcome="reached", note="问报告",
        by=cast.manager, at=AT,
    )  # fmt: skip
    request = rf.get("/")
    request.user, request.at = cast.manager, AT

    panel = contacts_panel(request, customer).content.decode()

    assert "C2612-0031" in panel and "问报告" in panel and "客户联系我方" in panel and "不再发送" in panel
