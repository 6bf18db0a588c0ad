"""What could not be filed is settled by a person, with a reason (LAB-007)."""

import pytest

from kefu.foundation.audit.models import AuditEntry
from kefu.kernel.errors import Forbidden, Invalid, Refused
from kefu.lab.actions.held_messages import dismiss, file_again
from kefu.lab.actions.laboratories import set_laboratory
from kefu.lab.models import Message, Report
from kefu.lab.testing_results import deliver, oru


def held(cast, raw):
    assert deliver(cast, raw)[0] in ("AE", "AR")
    return Message.objects.get()


def test_a_wrong_number_is_linked_to_the_right_order(journeys, order):
    message = held(journeys, oru(order, number="L99999999"))
    for user in (journeys.doctor, journeys.manager, journeys.service):
        with pytest.raises(Forbidden):
            file_again(message=message, order=order, reason="越权", by=user, at=journeys.at)
    with pytest.raises(Invalid):
        file_again(message=message, order=order, reason=" ", by=journeys.consulting, at=journeys.at)
    done = file_again(message=message, order=order, reason="检验室写错单号", by=journeys.consulting, at=journeys.at)
    assert (done.state, done.handled_by, done.handled_reason) == ("filed", journeys.consulting, "检验室写错单号")
    assert (done.acknowledged, done.error_code) == ("AE", "204")
    assert Report.objects.filter(order=order, status="arrived").count() == 2
    entry = AuditEntry.objects.get(code="lab.message.filed_again")
    assert (entry.reason, entry.changes["order"]) == ("检验室写错单号", [None, order.number])
    with pytest.raises(Refused) as again:
        file_again(message=message, order=order, reason="再来", by=journeys.consulting, at=journeys.at)
    assert again.value.code == "not_waiting"


def test_another_name_is_filed_only_when_somebody_confirms_the_person(journeys, order):
    message = held(journeys, oru(order, name="程望舒舒"))
    with pytest.raises(Refused) as refused:
        file_again(message=message, reason="名字多打一个字", by=journeys.consulting, at=journeys.at)
    assert (refused.value.code, refused.value.details["details"]) == ("still_held", ["name"])
    assert "姓名" in str(refused.value)
    assert not Report.objects.exists()
    file_again(
        message=message, person_confirmed=True, reason="电话核对是同一个人", by=journeys.consulting, at=journeys.at
    )
    assert Report.objects.count() == 2
    assert AuditEntry.objects.get(code="lab.message.filed_again").changes["person_confirmed"] == [None, True]


def test_a_refused_message_is_read_once_its_character_set_is_known(journeys, order):
    message = held(journeys, oru(order).encode("gb18030"))
    with pytest.raises(Refused):
        file_again(message=message, reason="再试", by=journeys.consulting, at=journeys.at)
    set_laboratory(application="XHLQ", fallback_charset="GB18030", codes={}, by=journeys.consulting, at=journeys.at)
    done = file_again(message=message, reason="字符集已设好", by=journeys.consulting, at=journeys.at)
    assert (done.state, done.charset, done.charset_flagged) == ("filed", "GB18030", True)


def test_nothing_to_be_done_is_said_with_a_reason(journeys, order):
    message = held(journeys, oru(order, number="L99999999"))
    with pytest.raises(Invalid):
        dismiss(message=message, reason="", by=journeys.consulting, at=journeys.at)
    with pytest.raises(Forbidden):
        dismiss(message=message, reason="不要了", by=journeys.doctor, at=journeys.at)
    assert dismiss(message=message, reason="检验室误发", by=journeys.consulting, at=journeys.at).state == "dismissed"
    assert not Report.objects.exists()


def test_the_list_and_the_page_of_messages(journeys, order, login):
    message = held(journeys, oru(order, number="L99999999"))
    browser = login(journeys.consulting)
    listed = browser.get("/lab-messages/?state=quarantined")
    assert "找不到消息里的检测单号或样本号（L99999999、F1）" in listed.content.decode()
    assert message.pk not in [one.pk for one, *_rest in browser.get("/lab-messages/?state=filed").context["rows"]]
    shown = browser.get(f"/lab-messages/{message.pk}/")
    assert "程望舒" in shown.content.decode()
    assert AuditEntry.objects.filter(code="lab.message.read", by=journeys.consulting).count() == 1
    wrong = browser.post(f"/lab-messages/{message.pk}/filing/", {"number": "L1", "reason": "试试"})
    assert (wrong.status_code, "没有这个检测单号" in wrong.content.decode()) == (422, True)
    done = browser.post(f"/lab-messages/{message.pk}/filing/", {"number": order.number, "reason": "单号写错"})
    assert (done.status_code, done.url) == (302, f"/lab-messages/{message.pk}/")
    for user in (journeys.doctor, journeys.manager, journeys.service, journeys.director, journeys.admin):
        assert login(user).get("/lab-messages/").status_code == 403
        assert login(user).get(f"/lab-messages/{message.pk}/").status_code == 403


def test_a_message_is_dismissed_and_a_laboratory_set_on_pages(journeys, order, login):
    message = held(journeys, oru(order, number="L99999999"))
    browser = login(journeys.consulting)
    browser.post(f"/lab-messages/{message.pk}/dismissal/", {"reason": "检验室误发"})
    message.refresh_from_db()
    assert (message.state, message.handled_reason) == ("dismissed", "检验室误发")
    wrong = browser.post("/lab-messages/laboratories/", {"application": "XHLQ", "codes": "8888"})
    assert (wrong.status_code, "要写成" in wrong.content.decode()) == (422, True)
    browser.post(
        "/lab-messages/laboratories/", {"application": "XHLQ", "fallback_charset": "GB18030", "codes": "8888=FPG\n"}
    )
    assert "8888" not in browser.get("/lab-messages/laboratories/").content.decode()
    assert "GB18030" in browser.get("/lab-messages/laboratories/").content.decode()


def test_private_fields_of_the_person_are_hidden_on_the_page(journeys, order, login):
    pid = "PID|1||C1||程望舒||19860405|F|||北京市朝阳区某路1号||13912345678"
    assert deliver(journeys, oru(order, pid=pid)) == ("AA", "")
    page = login(journeys.consulting).get(f"/lab-messages/{Message.objects.get().pk}/").content.decode()
    assert ("13912345678" in page, "某路1号" in page, "程望舒" in page) == (False, False, True)
