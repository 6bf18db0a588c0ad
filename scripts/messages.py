"""Keeps the English catalogues: `update` collects the Chinese texts of every module, `check` fails on one without English.

Each module has its own catalogue in locale/en/LC_MESSAGES. Chinese is the source, so no Chinese catalogue exists.
Django joins all catalogues into one, so the same Chinese has the same English everywhere; a context tells two meanings
apart.
"""

import io
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

SOURCE = Path(__file__).resolve().parent.parent / "src" / "kefu"
KEYWORDS = dict.fromkeys(
    (
        "_",
        "gettext",
        "gettext_lazy",
        "gettext_noop",
        "ngettext",
        "ngettext_lazy",
        "pgettext",
        "pgettext_lazy",
        "npgettext",
    )
)
CHINESE = re.compile(r"[一-鿿]")
Text = str | tuple[str, ...]
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


class Marked(NamedTuple):
    """A marked string: its file, what tells its meaning apart (or None), and the text or its two forms."""

    path: str
    context: str | None
    text: Text


def modules() -> list[Path]:
    """Every package with a catalogue of its own: modules and foundation packages."""
    return sorted({path.parent for path in SOURCE.glob("**/apps.py")})


def texts(module: Path) -> Iterator[Marked]:
    """Each marked string of a module."""
    nested = {other for other in modules() if other != module and module in other.parents}
    for path in sorted(module.rglob("*")):
        if (
            path.suffix not in {".py", ".html", ".txt"}
            or nested & set(path.parents)
            or {"tests", "migrations"} & set(path.parts)
        ):
            continue
        source = path.read_text(encoding="utf-8")
        if path.suffix != ".py":
            if "templates" not in path.parts:
                continue
            source = "\n".join(line.strip() for line in templatize(source).splitlines())
        for _line, function, message, _comments in extract_python(io.BytesIO(source.encode()), KEYWORDS, [], {}):
            yield from _wanted(str(path.relative_to(SOURCE.parent)), str(function), message)


def _wanted(path: str, function: str, message: object) -> Iterator[Marked]:
    parts = message if isinstance(message, tuple) else (message,)
    words = tuple(part for part in parts if isinstance(part, str))
    context = None
    if "pgettext" in function:
        context, words = words[0], words[1:]
    if words:
        yield Marked(path, context, words[:2] if function.startswith("n") else words[0])


def po_path(module: Path) -> Path:
    """Where a module's English stands."""
    return module / "locale" / "en" / "LC_MESSAGES" / "django.po"


def collected(module: Path) -> Catalog:
    """A catalogue of what the code says now, without translations."""
    catalog = Catalog(locale="en", project="Kefu", version="1", charset="utf-8", fuzzy=False)
    for path, context, text in texts(module):
        catalog.add(text, locations=[(path, 0)], context=context)
    return catalog


def existing(module: Path) -> Catalog:
    """The catalogue as stored."""
    path = po_path(module)
    if not path.exists():
        return Catalog(locale="en", charset="utf-8", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale="en")


def update() -> int:
    """Write every catalogue anew, keeping translations; compile them."""
    for module in modules():
        fresh, stored = collected(module), existing(module)
        for message in fresh:
            if message.id and (known := stored.get(message.id, message.context)):
                message.string = known.string
        if len(fresh):
            po_path(module).parent.mkdir(parents=True, exist_ok=True)
            po_path(module).write_bytes(_po(fresh))
            po_path(module).with_suffix(".mo").write_bytes(_mo(fresh))
    return check(quiet=True)


def _po(catalog: Catalog) -> bytes:
    out = io.BytesIO()
    write_po(out, catalog, width=140, sort_output=True, omit_header=False, no_location=True)
    return re.sub(
        rb'"(POT-Creation-Date|PO-Revision-Date|Generated-By|Last-Translator|Language-Team)[^\n]*\n',
        b"",
        out.getvalue(),
    )


def _mo(catalog: Catalog) -> bytes:
    """Compiled; always the same bytes for the same texts."""
    catalog.creation_date = catalog.revision_date = EPOCH
    out = io.BytesIO()
    write_mo(out, catalog)
    return out.getvalue()


def check(*, quiet: bool = False) -> int:
    """Say what lacks English or is not compiled; 1 if anything is."""
    faults = []
    for module in modules():
        stored = existing(module)
        for message in collected(module):
            if not message.id:
                continue
            known = stored.get(message.id, message.context)
            if known is None or not _complete(known.string):
                faults.append(f"{po_path(module).relative_to(SOURCE.parent)}: {message.id!r}")
        mo = po_path(module).with_suffix(".mo")
        if len(stored) and (not mo.exists() or mo.read_bytes() != _mo(stored)):
            faults.append(f"{mo.relative_to(SOURCE.parent)}: not compiled, run `make messages`")
    if not quiet:
        sys.stdout.writelines(f"{fault}\n" for fault in faults)
    sys.stdout.write(f"{len(faults)} texts without English\n")
    return 1 if faults else 0


def _complete(string: object) -> bool:
    return all(string) if isinstance(string, tuple | list) else bool(string)


if __name__ == "__main__":
    settings.configure()
    sys.exit(check() if sys.argv[1:] == ["check"] else update())
