"""The time at which a command acts."""

import argparse
import os
from datetime import UTC, datetime


def moment(text: str | None) -> datetime:
    """Now, or for tests (KEFU_TEST_CLOCK=1) the time in `text`, such as 2026-11-22T09:00:00+08:00."""
    if text is None:
        return datetime.now(UTC)
    if os.environ.get("KEFU_TEST_CLOCK") != "1":
        raise argparse.ArgumentTypeError("only allowed with KEFU_TEST_CLOCK=1")
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a time like 2026-11-22T09:00:00+08:00") from error
    if at.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{text!r} lacks the offset, such as +08:00")
    return at
