"""Every command of `kefu`: its words, the function behind it (imported only when called), and what it needs to run."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum


class Needs(Enum):
    """What is prepared before the function is called."""

    NOTHING = "nothing"
    MAYBE_DATABASE = "Django, and the database if there is one already"
    NEW_DATABASE = "Django and a database, made now if there is none"
    DATABASE = "Django and the database of an installation"


@dataclass(frozen=True)
class Command:
    """`target` is "module:function"; the module also has `<function>_arguments(parser)` or `add_arguments(parser)`."""

    words: str
    target: str
    summary: str
    needs: Needs = Needs.DATABASE
    raw: bool = False  # the words after the command are passed on as they are

    @property
    def length(self) -> int:
        """How many words of the command line name it."""
        return len(self.words.split())


COMMANDS = (
    Command("serve", "kefu.config.serve.command:serve", "serve the installation until Ctrl-C", Needs.NOTHING),
    Command("doctor", "kefu.config.commands.doctor:doctor", "say what is wrong with this installation", Needs.NOTHING),
    Command("admin create", "kefu.administration.commands:admin_create", "make the first administrator"),
    Command("audit verify", "kefu.administration.commands:audit_verify", "say whether the audit trail was touched"),
    Command("token create", "kefu.administration.commands:token_create", "make an API token and print it"),
    Command("import customers", "kefu.customers.commands:import_customers", "read customers from a spreadsheet"),
    Command(
        "erasures again", "kefu.customers.commands:erasures_again", "erase again who came back with a restored backup"
    ),
    Command("lab receive", "kefu.lab.commands:lab_receive", "receive a laboratory message from a file"),
    Command("demo", "kefu.config.demo:main", "load the demo world into an empty installation", Needs.NEW_DATABASE),
    Command("migrate", "kefu.config.commands.migrate:migrate", "bring the tables up to date", Needs.NEW_DATABASE),
    Command(
        "prepare",
        "kefu.config.commands.prepare:prepare",
        "tables, static files and first data; `serve` does this",
        Needs.NEW_DATABASE,
    ),
    Command("worker", "kefu.config.commands.worker:worker", "run jobs; `serve` does this"),
    Command("mllp", "kefu.config.commands.mllp:mllp", "listen for laboratory messages; `serve` does this"),
    Command("manage", "kefu.config.commands.manage:manage", "run a Django command", Needs.MAYBE_DATABASE, raw=True),
)


def find(arguments: Sequence[str]) -> Command | None:
    """The command that the arguments begin with."""
    for command in COMMANDS:
        if list(arguments[: command.length]) == command.words.split():
            return command
    return None


def beginning_with(word: str) -> list[Command]:
    """The commands of one family, such as `token`."""
    return [command for command in COMMANDS if command.words.split()[0] == word]
