"""The words the project ships: `content/consents.yaml`, read once."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import yaml

from kefu.customers.choices import ConsentScope

CONSENTS = Path(__file__).parent / "content" / "consents.yaml"


@lru_cache(maxsize=1)
def consent_words() -> dict[ConsentScope, dict[str, str]]:
    """What is asked by scope, in both languages."""
    rows = yaml.load(CONSENTS.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["consents"]
    return {ConsentScope(row["scope"]): {"zh": row["zh"], "en": row["en"]} for row in rows}
