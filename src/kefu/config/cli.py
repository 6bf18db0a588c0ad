"""The command line program `kefu`.

Exit codes: 0 done, 1 refused rows or data, 2 wrong usage, 3 something missing on this machine or in this installation.
"""

import argparse
import importlib
import json
import os
import sys
from collections.abc import Callable, Sequence

from kefu.config import registry
from kefu.config.embedded import EmbeddedError
from kefu.config.errors import MissingPrerequisite, UsageError
from kefu.config.home import kefu_home
from kefu.config.moments import moment
from kefu.config.registry import Command, Needs

REFUSED, USAGE, MISSING, INTERRUPTED = 1, 2, 3, 130

Action = Callable[[argparse.Namespace], int]


def main(arguments: Sequence[str]) -> int:
    """Runs one command; answers the exit code."""
    command = registry.find(arguments)
    if command is None:
        return _explain(arguments)
    rest = arguments[command.length :]
    as_json = not command.raw and "--json" in rest
    try:
        return _run(command, rest)
    except UsageError as error:
        return _refuse(USAGE, "usage", error, as_json=as_json)
    except (MissingPrerequisite, EmbeddedError, PermissionError) as error:
        return _refuse(MISSING, "missing_prerequisite", error, as_json=as_json)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _run(command: Command, rest: Sequence[str]) -> int:
    os.environ["KEFU_HOME"] = str(kefu_home())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kefu.config.settings")
    if command.needs is Needs.NOTHING:
        action, args = _load(command, rest)
        return action(args)
    from kefu.config import application  # Django costs half a second that plain commands need not pay

    cluster = application.set_up()
    action, args = _load(command, rest)
    with application.connected(cluster, command.needs):
        return action(args)


def _load(command: Command, rest: Sequence[str]) -> tuple[Action, argparse.Namespace]:
    module_name, function_name = command.target.split(":")
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name is None or not module_name.startswith(error.name):
            raise
        raise MissingPrerequisite(f"`kefu {command.words}` is not part of this installation.") from error
    action: Action = getattr(module, function_name)
    if command.raw:
        return action, argparse.Namespace(rest=list(rest))
    parser = argparse.ArgumentParser(prog=f"kefu {command.words}", description=action.__doc__)
    parser.add_argument("--json", action="store_true", help="answer in JSON")
    parser.add_argument("--at", type=moment, default=moment(None), help="act at this time (test clock only)")
    add_arguments = getattr(module, f"{function_name}_arguments", None) or getattr(module, "add_arguments", None)
    if add_arguments:
        add_arguments(parser)
    return action, parser.parse_args(list(rest))


def _explain(arguments: Sequence[str]) -> int:
    asked = bool(arguments) and arguments[0] in ("-h", "--help", "help")
    family = registry.beginning_with(arguments[0]) if arguments and not asked else []
    output = sys.stdout if asked else sys.stderr
    if arguments and not asked and not family:
        output.write(f"kefu: there is no command {arguments[0]!r}.\n\n")
    output.write("usage: kefu COMMAND [OPTIONS]; `kefu COMMAND --help` explains one\n\n")
    for command in family or registry.COMMANDS:
        output.write(f"  {command.words:<18} {command.summary}\n")
    return 0 if asked else USAGE


def _refuse(code: int, name: str, error: Exception, *, as_json: bool) -> int:
    if as_json:
        answer = {"error": {"code": name, "message": str(error)}}
        sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
    else:
        sys.stderr.write(f"kefu: {error}\n")
    return code
