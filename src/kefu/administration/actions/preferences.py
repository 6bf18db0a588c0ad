"""What a person sets for his or her own screen."""

from datetime import datetime

from kefu.foundation.audit.trail import Subject, action, nothing_changed, record
from kefu.organisation.models import User


@action
def set_language(*, user: User, language: str, by: User, at: datetime) -> None:
    """Show every page to the user in this language from now on (zh-hans or en)."""
    if user.language == language:
        return nothing_changed()
    before, user.language = user.language, language
    user.save(update_fields=["language"])
    return record(
        "administration.language.set",
        by=by,
        at=at,
        subject=Subject("user", user.pk),
        changes={"language": (before, language)},
    )
