"""What may be shared holds nothing that tells who the customer is. Names are known to the modules above: they say which to look for."""

from collections.abc import Callable

from kefu.organisation.models import User
from kefu.people.rules import names_a_number

Finder = Callable[[str, User], bool]
_finders: dict[str, Finder] = {}


def register_names(code: str, finder: Finder) -> None:
    """Let a module say whether a text names somebody the colleague cares for."""
    _finders[code] = finder


def names_somebody(text: str, colleague: User) -> bool:
    """Whether a text holds a long number or a name that one of the finders knows."""
    return names_a_number(text) or any(finder(text, colleague) for finder in _finders.values())
