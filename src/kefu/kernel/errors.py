"""The four ways Kefu says no.

Every refusal carries a stable `code` for programs and tests, and a `message` for people. Messages are passed in
by the caller (they may be lazy translations) and become text only when shown.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar


class KefuError(Exception):
    """Base of every refusal that a person is meant to read.

    `status` is the HTTP status that a view or an API answers with.
    """

    status: ClassVar[int] = 400

    def __init__(self, code: str, message: object) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return str(self.message) or self.code


class Refused(KefuError):
    """A rule refuses (409). `details` holds what helps to go on, such as alternative times."""

    status = 409

    def __init__(self, code: str, message: object, details: dict[str, object] | None = None) -> None:
        super().__init__(code, message)
        self.details: dict[str, object] = dict(details or {})


@dataclass(frozen=True)
class FieldError:
    """What is wrong with one field; `field` is the name the form or the JSON body uses."""

    field: str
    code: str
    message: object


class Invalid(KefuError):
    """One or more fields are wrong (422).

    Raises ValueError when made without any field error: that would be a refusal nobody can act on.
    """

    status = 422

    def __init__(self, errors: Iterable[FieldError]) -> None:
        self.errors: list[FieldError] = list(errors)
        if not self.errors:
            raise ValueError("Invalid needs at least one FieldError")
        super().__init__("invalid", "")

    @classmethod
    def one(cls, field: str, code: str, message: object) -> Invalid:
        """Build the usual case: a single wrong field."""
        return cls([FieldError(field, code, message)])

    def __str__(self) -> str:
        return "；".join(str(error.message) for error in self.errors)

    def __reduce__(self) -> tuple[type[Invalid], tuple[list[FieldError]]]:
        return type(self), (self.errors,)


class Forbidden(KefuError):
    """The person has no right to do this (403), although the object may be seen."""

    status = 403


class OutOfScope(KefuError):
    """The object lies outside what the person may see (404): it answers as if it did not exist."""

    status = 404

    def __init__(self) -> None:
        super().__init__("out_of_scope", "")

    def __reduce__(self) -> tuple[type[OutOfScope], tuple[()]]:
        return type(self), ()
