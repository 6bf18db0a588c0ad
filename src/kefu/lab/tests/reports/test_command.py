"""`./kefu lab receive FILE` takes the path of the line and prints the same code."""

import argparse
import io
import json
from pathlib import Path

import pytest

from kefu.foundation.audit.models import AuditEntry
from kefu.lab.actions.messages import receive
from kefu.lab.commands import lab_receive, lab_receive_arguments
from kefu.lab.hl7.mllp import frame
from kefu.lab.models import Message, Report
from kefu.lab.testing_results import oru, told


@pytest.fixture
def run(journeys, tmp_path, capsys):
    def given(content, *options):
        path = tmp_path / "message.hl7"
        path.write_bytes(content)
        parser = argparse.ArgumentParser()
        parser.add_argument("--json", action="store_true")
        parser.set_defaults(at=journeys.at)
        lab_receive_arguments(parser)
        code = lab_receive(parser.parse_args([str(path), *options]))
        return code, capsys.readouterr().out

    return given


def test_a_good_message_is_accepted(run, order):
    assert run(oru(order).encode()) == (0, "AA\n")
    assert (Report.objects.count(), Message.objects.get().peer) == (2, "file")
    assert AuditEntry.objects.get(code="lab.message.received").via == "command"


def test_the_code_is_that_of_the_line(run, order, journeys):
    raw = oru(order, number="L99999999").encode()
    assert run(raw) == (1, "AE 204 no such order\n")
    assert told(receive(raw=raw, by=journeys.lab_system, at=journeys.at)) == ("AE", "204")
    assert Message.objects.count() == 1


def test_json_and_chinese_in_gbk(run, order):
    code, out = run(oru(order, number="L1").encode("gbk"), "--json")
    assert (code, json.loads(out)) == (
        1, {"code": "AR", "error": "102", "text": "the message is not valid UTF-8 text", "control_id": "M1"},
    )  # fmt: skip


def test_frames_as_they_were_sent_and_a_cut_one(run, order):
    both = frame(oru(order, ["T-GLU"]).encode()) + frame(oru(order, ["T-VIT"], control_id="M2").encode())
    assert run(both) == (0, "AA\nAA\n")
    assert run(b"\x0b" + oru(order, control_id="M3").encode())[0] == 1
    assert Message.objects.count() == 2


def test_a_file_that_is_not_there(run, journeys, capsys):
    args = argparse.Namespace(file=Path("/nowhere/message.hl7"), json=False, at=journeys.at)
    assert lab_receive(args) == 2
    assert "cannot read /nowhere/message.hl7" in capsys.readouterr().err


def test_standard_input(run, order, journeys, monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(oru(order).encode())))
    assert lab_receive(argparse.Namespace(file=Path("-"), json=False, at=journeys.at)) == 0
    assert capsys.readouterr().out == "AA\n"
