"""The command line: every command is found, wrong usage is 2, a missing prerequisite is 3, JSON where asked."""

import argparse
import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from kefu.config import cli, registry
from kefu.config.commands.doctor import production_faults
from kefu.config.embedded import EmbeddedError
from kefu.config.moments import moment
from kefu.config.registry import Command, Needs


@pytest.fixture
def planted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands of this very file in the registry."""
    here = __name__
    commands = (
        Command("greet warmly", f"{here}:greet", "greets", Needs.NOTHING),
        Command("fail", f"{here}:fail", "has no server", Needs.NOTHING),
        Command("absent", "kefu.nowhere.commands:absent", "is not there", Needs.NOTHING),
    )
    monkeypatch.setattr(registry, "COMMANDS", commands)


def greet_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name")


def greet(args: argparse.Namespace) -> int:
    print(json.dumps({"name": args.name, "json": args.json, "at": args.at.isoformat()}))
    return 1


def fail(args: argparse.Namespace) -> int:
    raise EmbeddedError("no server")


@pytest.mark.usefixtures("planted")
def test_a_command_of_two_words_gets_its_arguments_and_its_exit_code_counts(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEFU_TEST_CLOCK", "1")
    assert cli.main(["greet", "warmly", "王女士", "--json", "--at", "2026-11-22T09:00:00+08:00"]) == 1
    assert json.loads(capsys.readouterr().out) == {"name": "王女士", "json": True, "at": "2026-11-22T09:00:00+08:00"}


@pytest.mark.usefixtures("planted")
@pytest.mark.parametrize("words", [[], ["nope"], ["greet"], ["greet", "coldly"]])
def test_an_unknown_command_is_wrong_usage(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(words) == 2
    assert "greet warmly" in capsys.readouterr().err


@pytest.mark.usefixtures("planted")
def test_a_missing_argument_is_wrong_usage() -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["greet", "warmly"])
    assert ended.value.code == 2


@pytest.mark.usefixtures("planted")
def test_a_missing_prerequisite_is_3_and_json_when_asked(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["fail"]) == 3
    assert capsys.readouterr().err == "kefu: no server\n"
    assert cli.main(["fail", "--json"]) == 3
    assert json.loads(capsys.readouterr().out) == {"error": {"code": "missing_prerequisite", "message": "no server"}}


@pytest.mark.usefixtures("planted")
def test_a_command_of_an_absent_module_is_a_missing_prerequisite(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["absent"]) == 3
    assert "`kefu absent` is not part of this installation" in capsys.readouterr().err


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--help"]) == 0
    listed = capsys.readouterr().out
    assert all(command.words in listed for command in registry.COMMANDS)


def test_the_test_clock_is_honoured_only_when_switched_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KEFU_TEST_CLOCK", raising=False)
    with pytest.raises(argparse.ArgumentTypeError, match="KEFU_TEST_CLOCK=1"):
        moment("2026-11-22T09:00:00+08:00")
    monkeypatch.setenv("KEFU_TEST_CLOCK", "1")
    assert moment("2026-11-22T09:00:00+08:00") == datetime(2026, 11, 22, 9, tzinfo=timezone(timedelta(hours=8)))
    with pytest.raises(argparse.ArgumentTypeError, match="lacks the offset"):
        moment("2026-11-22T09:00:00")
    assert moment(None).tzinfo == UTC


def test_production_refuses_the_settings_of_a_demo(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KEFU_HOME", str(tmp_path))
    assert list(production_faults({"KEFU_TEST_CLOCK": "1"})) == []
    assert list(production_faults({"KEFU_ENV": "production"})) == []
    (tmp_path / "logins.json").write_text("[]")
    wrong = {"KEFU_ENV": "production", "KEFU_TEST_CLOCK": "1", "KEFU_DEBUG": "1", "KEFU_SECRET": "secret"}
    named = [fault.split()[0].split("=")[0] for fault in production_faults(wrong)]
    assert named == ["KEFU_TEST_CLOCK", "KEFU_DEBUG", "KEFU_SECRET", str(tmp_path)]
