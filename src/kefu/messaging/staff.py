"""The words of staff notices come from the same templates."""

from kefu.foundation.notices import wording
from kefu.messaging.queries import current_templates
from kefu.messaging.shipped import words


def staff_words(code: str, language: str) -> str | None:
    """The words of a staff template in a language; None for a code that is none."""
    found = current_templates().filter(code=code).only("group", "zh", "en").first() or words().get(code)
    if found is None or found.group != "staff":
        return None
    return found.en if language.startswith("en") and found.en else found.zh


wording.register(staff_words)
