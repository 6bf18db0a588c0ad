"""Text messages leave by SMPP: bound once, in one part or several, with reports that come back, over a line that may be lost."""

import threading
from queue import Queue

import pytest
from smpp.pdu.pdu_types import AddrTon, CommandId, CommandStatus, DataCodingDefault, EsmClassGsmFeatures

from kefu.foundation.outbox import transports
from kefu.foundation.outbox.receipts import Report
from kefu.foundation.outbox.transports import NotReadyError, PermanentError, Taken, TransientError
from kefu.messaging.channels import open_configured
from kefu.messaging.jobs import keep_line
from kefu.messaging.ports import smpp_link
from kefu.messaging.ports.smpp import SmppGateway
from kefu.messaging.ports.smpp_link import Link
from kefu.messaging.ports.smpp_words import carried
from kefu.messaging.tests.centre import SmsCentre, sms_centre
from kefu.testing.cast import AT

NUMBER = "10000001234"
CHINESE = "【和康】王女士您好，您12月3日14:30的初诊已预约成功，北京朝阳中心。"


@pytest.fixture
def centre():
    with sms_centre() as made:
        yield made


@pytest.fixture
def told() -> Queue[Report]:
    return Queue()


@pytest.fixture
def port(centre, told):
    made = gateway(centre, told)
    yield made
    made.close()


def gateway(centre: SmsCentre, told: Queue) -> SmppGateway:
    made = SmppGateway.from_settings(f"smpp://127.0.0.1:{centre.port}", "kefu", "secret", "10690000")
    made.on_report = told.put
    return made


def words(text: str) -> dict[str, str]:
    return {"to": NUMBER, "body": text}


def test_a_chinese_message_goes_in_one_part_over_one_bind(centre, port):
    assert port(words(CHINESE), "k1") == Taken("smpp", ("c-1",), 1)
    assert port(words("Hello"), "k2") == Taken("smpp", ("c-2",), 1)

    bind, first, second = centre.got
    assert (bind.commandId, bind.params["system_id"], bind.params["password"]) == (
        CommandId.bind_transceiver,
        b"kefu",
        b"secret",
    )
    assert first.params["short_message"].decode("utf-16-be") == CHINESE
    assert first.params["data_coding"].schemeData == DataCodingDefault.UCS2
    assert (first.params["destination_addr"], first.params["dest_addr_ton"]) == (NUMBER.encode(), AddrTon.NATIONAL)
    assert first.params["registered_delivery"].receipt.name == "SMSC_DELIVERY_RECEIPT_REQUESTED"
    assert (second.params["short_message"], second.params["data_coding"].schemeData) == (
        b"Hello", DataCodingDefault.SMSC_DEFAULT_ALPHABET,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "parts"),
    [(CHINESE * 3, 2), ("a" * 200, 2), ("😀" * 60, 2), ("[]" * 100, 3)],
    ids=["chinese", "gsm", "emoji", "escapes"],
)
def test_a_long_message_goes_in_parts_that_make_the_whole_again(centre, port, text, parts):
    taken = port(words(text), "k1")

    assert (taken.parts, len(taken.references)) == (parts, parts)
    bodies = [pdu.params["short_message"] for pdu in centre.submitted]
    assert {body[:3] for body in bodies} == {b"\x05\x00\x03"} and len({body[3] for body in bodies}) == 1
    assert [(body[4], body[5]) for body in bodies] == [(parts, place) for place in range(1, parts + 1)]
    assert all(
        EsmClassGsmFeatures.UDHI_INDICATOR_SET in pdu.params["esm_class"].gsmFeatures for pdu in centre.submitted
    )
    assert max(map(len, bodies)) <= 159
    if parts == 2 and text[0] != "a":
        assert "".join(body[6:].decode("utf-16-be") for body in bodies) == text


def test_every_character_of_the_gsm_alphabet_has_its_code():
    assert carried("@£$_§¿àΔ", 1).bodies == (bytes((0, 1, 2, 0x11, 0x5F, 0x60, 0x7F, 0x10)),)
    assert carried("€[~", 1).bodies == (b"\x1b\x65\x1b\x3c\x1b\x3d",)
    assert carried("`", 1).bodies == ("`".encode("utf-16-be"),)
    assert all(not body.endswith(b"\x1b") for body in carried("€" * 100, 1).bodies)


@pytest.mark.parametrize(
    ("status", "error", "unknown"),
    [
        (CommandStatus.ESME_RTHROTTLED, TransientError, False),
        (CommandStatus.ESME_RMSGQFUL, TransientError, False),
        (CommandStatus.ESME_RSYSERR, TransientError, False),
        (CommandStatus.ESME_RINVDSTADR, PermanentError, True),
        (CommandStatus.ESME_RINVMSGLEN, PermanentError, False),
        (CommandStatus.ESME_RINVSRCADR, NotReadyError, False),
    ],
)
def test_the_centre_says_for_now_or_for_good(centre, port, status, error, unknown):
    centre.statuses = [status]
    with pytest.raises(error) as raised:
        port(words(CHINESE), "k1")
    assert getattr(raised.value, "no_such_address", False) is unknown
    assert port(words(CHINESE), "k1").references == ("c-1",)


@pytest.mark.parametrize(
    ("status", "error"),
    [(CommandStatus.ESME_RINVPASWD, NotReadyError), (CommandStatus.ESME_RALYBND, TransientError)],
)
def test_a_bind_that_is_refused_is_for_now_or_for_somebody_to_set_right(centre, port, status, error):
    centre.bind_status = status
    with pytest.raises(error) as raised:
        port(words(CHINESE), "k1")
    assert "secret" not in str(raised.value)
    centre.bind_status = CommandStatus.ESME_ROK
    assert port(words(CHINESE), "k1").parts == 1


def test_reports_come_back_and_are_answered(centre, port, told):
    port(words(CHINESE), "k1")
    centre.report("id:c-1 sub:001 dlvrd:001 submit date:2611221400 done date:2611221430 stat:DELIVRD err:000 text:")
    centre.report("id:c-2 sub:001 dlvrd:000 submit date:2611221400 done date:261122143015 stat:UNDELIV err:001 text:")
    centre.report("id:c-3 stat:ENROUTE err:000")

    assert centre.heard(CommandId.deliver_sm_resp, 3)
    good, bad = told.get(timeout=5), told.get(timeout=5)
    assert (good.reference, good.delivered, good.code, good.happened_at.isoformat()) == (
        "c-1", True, "DELIVRD", "2026-11-22T14:30:00+08:00",
    )  # fmt: skip
    assert (bad.reference, bad.delivered, bad.code, bad.no_such_address) == ("c-2", False, "UNDELIV 001", True)
    assert told.empty()


def test_a_report_that_could_not_be_kept_is_asked_for_again(centre, port):
    def broken(_report):
        raise ZeroDivisionError

    port.on_report = broken
    port(words(CHINESE), "k1")
    centre.report("id:c-1 stat:DELIVRD")
    assert centre.heard(CommandId.deliver_sm_resp)
    assert centre.got[-1].status == CommandStatus.ESME_RX_T_APPN


def test_a_lost_line_is_bound_again_and_the_message_sent_then(centre, port):
    port(words(CHINESE), "k1")
    centre.silent = {CommandId.submit_sm}
    failed: Queue[BaseException] = Queue()
    threading.Thread(target=lambda: failed.put(_error_of(lambda: port(words("two"), "k2"))), daemon=True).start()
    assert centre.heard(CommandId.submit_sm, 2)
    centre.cut()
    assert isinstance(failed.get(timeout=15), TransientError)

    centre.silent = set()
    assert port(words("two"), "k2").references == ("c-2",)
    assert sum(pdu.commandId == CommandId.bind_transceiver for pdu in centre.got) == 2


def _error_of(call) -> TransientError:
    try:
        call()
    except TransientError as error:
        return error
    raise AssertionError("nothing was raised")


def test_a_centre_that_does_not_answer_is_given_up_and_one_that_is_down_is_tried_later(centre, port, monkeypatch):
    centre.silent = {CommandId.submit_sm}
    port.bound()
    monkeypatch.setattr(smpp_link, "PATIENCE", 0.2)
    with pytest.raises(TransientError, match="does not answer"):
        port(words(CHINESE), "k1")

    down = SmppGateway.from_settings("smpp://127.0.0.1:1", "kefu", "secret", "KEFU")
    with pytest.raises(TransientError, match="out of reach"):
        down(words(CHINESE), "k1")


def test_silence_is_tried_with_a_question_and_questions_are_answered(centre):
    link = Link(gateway(centre, Queue()).centre, lambda _pdu: None, idle=0.2)
    assert centre.heard(CommandId.enquire_link, 2)
    centre.ask()
    assert centre.heard(CommandId.enquire_link_resp)
    assert link.alive
    link.close()


def test_a_centre_that_answers_no_question_any_more_is_given_up(centre):
    centre.silent = {CommandId.enquire_link}
    link = Link(gateway(centre, Queue()).centre, lambda _pdu: None, idle=0.2)
    assert centre.heard(CommandId.enquire_link)
    link_thread_ends(link)
    assert not link.alive


def link_thread_ends(link) -> None:
    for thread in threading.enumerate():
        if thread.name == "smpp" and thread._target.__self__ is link:
            thread.join(10)


def test_the_minute_keeps_the_line_bound_also_when_nothing_is_sent(centre):
    before = transports.transport("sms")
    open_configured({
        "KEFU_SMS_PROFILE": "smpp", "KEFU_SMS_URL": f"smpp://127.0.0.1:{centre.port}", "KEFU_SMS_KEY": "kefu",
        "KEFU_SMS_SECRET": "secret", "KEFU_SMS_SENDER": "HEKANG",
    })  # fmt: skip
    keep_line(at=AT)
    assert centre.heard(CommandId.bind_transceiver)
    port = transports.transport("sms")
    port(words("x"), "k")
    assert centre.submitted[0].params["source_addr_ton"] == AddrTon.ALPHANUMERIC
    port.close()
    transports.close("sms")
    if before:
        transports.register("sms", before)


@pytest.mark.parametrize("url", ["http://h", "smpp://", "smpp://h?security=maybe"])
def test_a_wrong_address_or_a_secret_too_long_is_said_at_the_start(url):
    with pytest.raises(ValueError, match="KEFU_SMS_URL"):
        SmppGateway.from_settings(url, "kefu", "secret", "1069")
    with pytest.raises(ValueError, match="8 for KEFU_SMS_SECRET"):
        SmppGateway.from_settings("smpp://h", "kefu", "ninechars", "1069")
