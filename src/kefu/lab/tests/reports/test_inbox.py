"""The laboratory sends results: filed, answered, kept (LAB-007)."""

import logging

import pytest

from kefu.foundation.jobs.testing import run_pending
from kefu.foundation.limits.models import LimitValue
from kefu.lab.actions import Finding, check_samples
from kefu.lab.actions.messages import receive
from kefu.lab.choices import MessageState
from kefu.lab.models import Laboratory, Message, Report, ResultVersion, Sample
from kefu.lab.sentences import FILED_AFTER_CHECK
from kefu.lab.testing import in_testing, sampling
from kefu.lab.testing_results import deliver, oru, told


def kept():
    """The only message there is."""
    return Message.objects.get()


def nothing_filed():
    return not ResultVersion.objects.exists() and not Report.objects.exists()


def test_results_are_filed_under_the_order(journeys, order):
    assert deliver(journeys, oru(order, ["T-GLU"])) == ("AA", "")
    message = kept()
    assert (message.state, message.application, message.control_id, message.type) == ("filed", "XHLQ", "M1", "ORU^R01")
    assert (message.node, list(message.orders.all())) == (journeys.bj, [order])
    assert [value.analyte.code for value in ResultVersion.objects.order_by("analyte__position")] == [
        "FPG", "HBA1C", "INS", "HOMA", "CPEP", "FRUC",
    ]  # fmt: skip
    report = Report.objects.get()
    assert (report.kind, report.status, report.order_item.item.code) == ("item", "arrived", "T-GLU")


def test_the_same_message_again_gets_the_same_answer_and_no_second_row(journeys, order):
    raw = oru(order).encode()
    first = receive(raw=raw, by=journeys.lab_system, at=journeys.at)
    again = receive(raw=raw, by=journeys.lab_system, at=journeys.at.replace(hour=15))
    assert first == again
    assert (Message.objects.count(), Report.objects.count(), ResultVersion.objects.count()) == (1, 2, 14)
    other = oru(order, values={"FPG": "5.9"}).encode()
    assert told(receive(raw=other, by=journeys.lab_system, at=journeys.at)) == ("AA", "")
    assert (Message.objects.count(), ResultVersion.objects.count()) == (2, 15)


def test_an_unknown_order_is_kept_and_answered_204(journeys, order):
    raw = oru(order, number="L99999999")
    assert deliver(journeys, raw) == ("AE", "204")
    message = kept()
    assert (message.state, message.reason, message.details) == ("quarantined", "unknown_order", ["L99999999", "F1"])
    assert (bytes(message.raw), message.node) == (raw.encode(), journeys.hq)
    assert nothing_filed()


@pytest.mark.parametrize(
    ("pid", "details"),
    [
        ("PID|1||C1||贺秋实||19860405|F", ["name"]),
        ("PID|1||C1||程望舒||19870405|F", ["birth_date"]),
        ("PID|1||C1||程望舒||19860405|M", ["sex"]),
        ("PID|1||C1||||19860405|F", ["name"]),
        ("PID|1||C1||贺秋实||19010101|M", ["name", "birth_date", "sex"]),
    ],
)
def test_another_person_is_held_and_answered_204(journeys, order, pid, details):
    assert deliver(journeys, oru(order, pid=pid)) == ("AE", "204")
    assert (kept().state, kept().reason, kept().details) == ("quarantined", "other_person", details)
    assert nothing_filed()


@pytest.mark.parametrize(
    "pid", ["PID|1||C1||程望舒", "PID|1||C1||程^望舒||19860405|F", "PID|1||C1||CHENG^WANGSHU~程　望舒||19860405|U"]
)
def test_birth_date_and_sex_count_only_where_both_sides_have_them(journeys, order, pid):
    assert deliver(journeys, oru(order, pid=pid)) == ("AA", "")


def test_results_before_the_sample_check_wait_and_file_themselves_afterwards(journeys, customer):
    order = sampling(journeys, customer, ("T-GLU",))
    assert deliver(journeys, oru(order)) == ("AE", "207")
    assert (kept().state, kept().reason, list(kept().orders.all())) == ("quarantined", "not_checked_in", [order])
    assert nothing_filed()
    check_samples(order=order, findings=[Finding(Sample.objects.get())], by=journeys.consulting, at=journeys.at)
    run_pending(journeys.at)
    message = kept()
    assert (message.state, message.handled_reason, message.acknowledged) == ("filed", FILED_AFTER_CHECK.code, "AE")
    assert Report.objects.get().status == "arrived"


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (("ORU^R01", "ADT^A01"), "200"),
        (("ORU^R01", "ORU^R32"), "201"),
        (("|2.5.1|", "|3.0|"), "203"),
        (("|||||\r", "|||||KLINGON\r"), "103"),
        (("MSH|", "XXX|"), "100"),
        (("OBX|1|", "this is no segment\rOBX|1|"), "100"),
    ],
)
def test_what_cannot_be_taken_is_refused_and_kept(journeys, order, change, error):
    raw = oru(order).replace(*change, 1)
    assert deliver(journeys, raw) == ("AR", error)
    assert (kept().state, kept().reason, bytes(kept().raw)) == ("rejected", "unreadable", raw.encode())
    assert nothing_filed()


def test_undecodable_bytes_are_refused_and_kept(journeys, order):
    raw = oru(order).encode("gb18030")
    assert deliver(journeys, raw) == ("AR", "102")
    assert (kept().state, bytes(kept().raw)) == ("rejected", raw)


def test_a_message_that_is_too_large_is_refused_and_its_head_kept(journeys, order):
    LimitValue.objects.create(
        code="lab.message_megabytes", value=1, valid_from=journeys.at.date(), set_by=journeys.admin, set_at=journeys.at
    )
    raw = (oru(order) + "NTE|1||" + "x" * 1_100_000).encode()
    assert deliver(journeys, raw) == ("AR", "207")
    assert (kept().state, kept().reason, kept().size) == ("rejected", "oversize", len(raw))


def test_one_wrong_code_files_nothing_of_the_message(journeys, order):
    raw = oru(order).replace("COQ10^", "COQ99^")
    assert deliver(journeys, raw) == ("AE", "103")
    assert (kept().reason, kept().details) == ("unknown_analyte", ["T-VIT", "COQ99"])
    assert nothing_filed()
    assert deliver(journeys, oru(order, control_id="M2").replace("T-VIT^", "T-999^")) == ("AE", "103")
    assert Message.objects.get(control_id="M2").reason == "unknown_item"


def test_several_people_and_items_in_one_message(journeys, order, person):
    other = in_testing(journeys, person("贺秋实", "10000000007"), ("T-GEN",))
    second = oru(other).split("\r", 1)[1]
    assert deliver(journeys, oru(order) + second) == ("AA", "")
    assert sorted(Report.objects.values_list("order__number", "order_item__item__code")) == [
        (order.number, "T-GLU"), (order.number, "T-VIT"), (other.number, "T-GEN"),
    ]  # fmt: skip
    assert set(kept().orders.all()) == {order, other}


def test_a_batch_with_one_stranger_files_nothing(journeys, order, person):
    other = in_testing(journeys, person("贺秋实", "10000000007"), ("T-GEN",))
    stranger = oru(other, name="卢示文").split("\r", 1)[1]
    assert deliver(journeys, oru(order) + stranger) == ("AE", "204")
    assert nothing_filed()


def test_controls_never_reach_a_customer(journeys, order):
    control = oru(order, ["T-GLU"]).replace("OBX|1|", "SPM|1|QC-7|||||||||Q\rOBX|1|", 1)
    assert deliver(journeys, control) == ("AE", "207")
    assert (kept().state, kept().reason) == ("quarantined", "quality_control")
    morning = oru(order, ["T-GLU"], number="QC-LEVEL-1", control_id="M2").replace("|P|2.5.1|", "|Q|2.5.1|")
    assert deliver(journeys, morning) == ("AA", "")
    assert Message.objects.get(control_id="M2").state == MessageState.DISMISSED
    assert nothing_filed()


def test_the_order_is_found_by_a_sample_number_where_the_sender_knows_no_other(journeys, order):
    sample = order.samples.get(order_item__item__code="T-GLU")
    raw = (
        oru(order, ["T-GLU"], number="")
        .replace("T-GLU^糖代谢与胰岛素评估", "")
        .replace("OBX|1|", f"SPM|1|{sample.barcode}\rOBX|1|", 1)
    )
    assert deliver(journeys, raw) == ("AA", "")
    assert Report.objects.get().order_item == sample.order_item


def test_a_sample_of_another_order_is_held(journeys, order, person):
    other = in_testing(journeys, person("贺秋实", "10000000007"), ("T-GLU",))
    raw = oru(order, ["T-GLU"]).replace("OBX|1|", f"SPM|1|{other.samples.get().barcode}\rOBX|1|", 1)
    assert deliver(journeys, raw) == ("AE", "204")
    assert kept().reason == "orders_differ"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r\r"])
def test_line_ends_of_every_kind(journeys, order, end):
    assert deliver(journeys, oru(order, end=end)) == ("AA", "")
    assert ResultVersion.objects.count() == 14


@pytest.mark.parametrize(("label", "codec"), [("GBK", "gbk"), ("GB18030", "gb18030"), ("GB 18030-2000", "gb18030")])
def test_chinese_whose_second_bytes_are_separators(journeys, person, label, codec):
    # 乗 is 81 5C, 亅 81 7C, 俓 82 5C in GBK: a backslash and a vertical bar.
    order = in_testing(journeys, person("乗亅俓", "10000000008"), ("T-GLU",))
    raw = oru(order, charset=label).encode(codec)
    assert b"\x81\x7c" in raw
    answer = receive(raw=raw, by=journeys.lab_system, at=journeys.at)
    assert told(answer) == ("AA", "")
    assert (kept().facility, kept().charset, kept().charset_flagged) == ("协和洛奇检验室", "GB18030", False)
    assert "协和洛奇检验室".encode(codec) in answer


def test_a_laboratory_that_writes_another_character_set_than_it_says(journeys, order):
    Laboratory.objects.create(
        application="XHLQ", fallback_charset="GB18030", changed_by=journeys.admin, changed_at=journeys.at
    )
    assert deliver(journeys, oru(order).encode("gb18030")) == ("AA", "")
    assert (kept().state, kept().charset, kept().charset_flagged) == ("filed", "GB18030", True)


def test_codes_of_the_laboratory_are_read_as_ours(journeys, order):
    Laboratory.objects.create(
        application="XHLQ", codes={"8888": "FPG"}, changed_by=journeys.admin, changed_at=journeys.at
    )
    assert deliver(journeys, oru(order).replace("|FPG^", "|8888^")) == ("AA", "")


def test_nothing_a_message_says_reaches_a_log(journeys, order, caplog):
    caplog.set_level(logging.DEBUG)
    deliver(journeys, oru(order))
    deliver(journeys, oru(order, name="贺秋实", control_id="M2"))
    assert not [row for row in caplog.text.splitlines() if "程望舒" in row and "sql" not in row.lower()]


def test_only_the_laboratory_delivers(journeys, order):
    from kefu.kernel.errors import Forbidden

    for user in (journeys.doctor, journeys.consulting, journeys.service):
        with pytest.raises(Forbidden):
            receive(raw=oru(order).encode(), by=user, at=journeys.at)
    assert not Message.objects.exists()
