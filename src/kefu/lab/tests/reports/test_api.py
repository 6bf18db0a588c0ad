"""Another program walks an order from results to the explained report, with the bodies of the interface."""

from datetime import date, timedelta

import pytest

from kefu.lab.models import Handover, Message
from kefu.lab.testing_results import deliver, oru


@pytest.fixture
def later(journeys, program):
    def acting(name, days):
        return program(getattr(journeys, name), at=journeys.at + timedelta(days=days))

    return acting


def reports(call, order):
    return call("get", f"lab-orders/ord_{order.pk}").json()["reports"]


@pytest.mark.req("JRN-009")
def test_from_results_to_interpretation(story, journeys, later):
    assert deliver(journeys, oru(story.order)) == ("AA", "")
    consulting, doctor = later("consulting", 2), later("doctor", 3)
    listed = reports(consulting, story.order)
    assert [(one["kind"], one["status"]) for one in listed] == [("item", "arrived"), ("item", "arrived")]
    for one in listed:
        assert doctor("post", f"reports/{one['id']}/approval", {}).status_code == 403
        done = consulting("post", f"reports/{one['id']}/approval", {})
        assert (done.status_code, done.json()["status"], done.json()["status_label"]) == (200, "approved", "审核通过")
    assert consulting("post", f"reports/{listed[0]['id']}/approval", {}).status_code == 409
    *items, overall = reports(consulting, story.order)
    assert ([one["status"] for one in items], overall["kind"], overall["status"]) == (
        ["approved"] * 2,
        "overall",
        "waiting",
    )
    path = f"reports/{overall['id']}"
    assert consulting("post", f"{path}/paper", {}).json()["code"] == "no_overall"
    assert consulting("post", f"{path}/overall", {"text": "不该由我写"}).status_code == 403
    assert doctor("post", f"{path}/overall", {"text": ""}).status_code == 422
    assert doctor("post", f"{path}/overall", {"text": "各项正常。"}).json()["status"] == "written"
    assert doctor("post", f"{path}/paper", {}).status_code == 403
    assert consulting("post", f"{path}/paper", {}).json()["status"] == "paper_made"
    assert doctor("post", f"{path}/interpretation", {}).status_code == 409
    posted = consulting("post", f"{path}/handover", {"mode": "posted", "received_on": None})
    assert (posted.status_code, posted.json()["status"]) == (200, "handed_over")
    assert (
        later("consulting", 6)("post", f"{path}/handover", {"mode": "posted", "received_on": "2026-11-29"}).status_code
        == 200
    )
    assert Handover.objects.last().received_on == date(2026, 11, 29)
    assert doctor("post", f"{path}/interpretation", {}).json()["status"] == "interpreted"
    order = consulting("get", f"lab-orders/ord_{story.order.pk}").json()
    assert (order["status"], order["status_label"]) == ("report_interpreted", "报告已解读")


def test_the_content_of_a_report_with_ranges_and_flags(story, journeys, later):
    story.release(values={"FPG": "6.50"}, flags={"FPG": "H"})
    found = later("doctor", 3)("get", f"reports/rep_{story.report('T-GLU').pk}").json()
    assert (found["kind"], found["status"], found["order"], found["text"]) == (
        "item",
        "approved",
        f"ord_{story.order.pk}",
        None,
    )
    assert found["results"][0] == {
        "item": "T-GLU", "analyte": "FPG", "name": "空腹血糖", "value": "6.50", "unit": "mmol/L", "flag": "high", "low": "3.9",
        "high": "6.1", "laboratory_flag": "H", "laboratory_range": None, "state": "final",
    }  # fmt: skip
    story.write("略高。")
    overall = later("manager", 4)("get", f"reports/rep_{story.overall().pk}").json()
    assert (overall["text"], len(overall["results"]), overall["received_on"]) == ("略高。", 14, None)


def test_wrong_bodies_and_strangers(story, journeys, later):
    story.release()
    path = f"reports/rep_{story.overall().pk}"
    consulting = later("consulting", 3)
    assert consulting("post", f"{path}/handover", {"mode": "carried"}).status_code == 422
    assert consulting("post", f"{path}/approval", {"extra": 1}).status_code == 422
    assert consulting("post", "reports/rep_999999/approval", {}).status_code == 404
    assert later("doctor2", 3)("post", f"{path}/overall", {"text": "别人的客户"}).status_code == 404
    assert later("service", 3)("post", f"{path}/overall", {"text": "没有权限"}).status_code == 403
    assert later("service", 3)("get", path).status_code == 403


def test_messages_by_state_without_their_content(story, journeys, later):
    deliver(journeys, oru(story.order, number="L99999999"))
    deliver(journeys, oru(story.order, control_id="M2"))
    call = later("consulting", 2)
    held = call("get", "lab-messages?state=quarantined").json()["items"]
    assert [(one["control_id"], one["acknowledgement"], one["error"], one["reason"]) for one in held] == [
        ("M1", "AE", "204", "unknown_order")
    ]
    filed = call("get", "lab-messages?state=filed").json()["items"]
    assert [(one["control_id"], one["orders"]) for one in filed] == [("M2", [story.order.number])]
    whole = call("get", "lab-messages")
    assert (len(whole.json()["items"]), "程望舒" in whole.content.decode()) == (2, False)
    assert call("get", "lab-messages?state=lost").status_code == 422
    for name in ("doctor", "manager", "service", "admin"):
        assert later(name, 2)("get", "lab-messages").status_code == 403
    assert Message.objects.count() == 2
