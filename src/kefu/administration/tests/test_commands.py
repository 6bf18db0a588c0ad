"""From an empty database to an administrator and a token, at the command line."""

import io
import json

import pytest
from django.utils.dateparse import parse_datetime

from kefu.administration import commands
from kefu.administration.actions.installation import prepare
from kefu.administration.actions.logins import try_login
from kefu.config.cli import _load
from kefu.config.registry import find
from kefu.foundation.access.queries import access_of
from kefu.foundation.api.models import ApiToken
from kefu.foundation.worktime.models import Calendar
from kefu.organisation.models import Grant, Node, Role, User

AT = parse_datetime("2026-11-23T09:00:00+08:00")
NEW = ["--username", "lin", "--name", "林示宁", "--job-number", "1002"]


def kefu(words: str, *options: str) -> int:
    """Run a command as `kefu` would, with the database already there."""
    action, args = _load(find(words.split()), options)
    return action(args)


@pytest.mark.django_db
def test_an_empty_installation_gets_its_first_administrator(capsys, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("a long phrase of mine\n"))

    assert kefu("admin create", *NEW, "--password-stdin", "--json") == 0

    assert json.loads(capsys.readouterr().out) == {"username": "lin", "job_number": "1002"}
    assert Node.objects.get().code == "HQ"
    assert Role.objects.filter(code="doctor").exists() and Calendar.objects.filter(code="head_office").exists()
    lin = try_login(name="lin", password="a long phrase of mine", at=AT).user
    assert access_of(lin).roles == {"admin"}
    assert not lin.must_change_password
    assert set(User.objects.filter(is_system=True).values_list("username", flat=True)) == {"system", "lab-system"}


@pytest.mark.django_db
def test_a_printed_password_must_be_changed(capsys):
    assert kefu("admin create", *NEW) == 0
    password = capsys.readouterr().out.strip().rsplit(" ", 1)[1]
    assert try_login(name="1002", password=password, at=AT).user.must_change_password


@pytest.mark.django_db
def test_a_taken_name_and_a_weak_password_are_refused(capsys, monkeypatch):
    kefu("admin create", *NEW)
    assert kefu("admin create", *NEW) == 1
    assert "'lin' is taken" in capsys.readouterr().err
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    assert kefu("admin create", "--username", "he", "--name", "何", "--job-number", "1003", "--password-stdin") == 1
    assert User.objects.filter(is_system=False).count() == 1


@pytest.mark.django_db
def test_preparing_twice_changes_nothing():
    prepare(at=AT)
    before = (Node.objects.count(), User.objects.count(), Role.objects.count(), Grant.objects.count())
    prepare(at=AT)
    assert (Node.objects.count(), User.objects.count(), Role.objects.count(), Grant.objects.count()) == before


def test_a_token_is_the_only_thing_printed(cast, capsys):
    assert kefu("token create", "--user", "manager") == 0
    token = capsys.readouterr().out.strip()
    assert token.startswith("kf_") and " " not in token
    assert ApiToken.objects.get().user == cast.manager

    assert kefu("token create", "--user", "2004", "--json") == 0
    assert set(json.loads(capsys.readouterr().out)) == {"token"}


def test_nobody_gets_no_token(cast, capsys):
    assert kefu("token create", "--user", "ghost") == 1
    printed = capsys.readouterr()
    assert printed.out == "" and "ghost" in printed.err
    assert commands.token_create.__doc__
