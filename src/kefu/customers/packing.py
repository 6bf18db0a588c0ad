"""The archive of everything held about one customer: data for programs, an index to read, the attached files and the papers printed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from django.template.loader import render_to_string
from django.utils import timezone, translation

from kefu.customers.models import Customer
from kefu.customers.queries.merges import aliases_of
from kefu.customers.queries.readers import looks, readers
from kefu.customers.subject_data import sections
from kefu.foundation.files import storage
from kefu.foundation.files.models import Attachment, StoredFile
from kefu.foundation.printing.models import Print
from kefu.foundation.printing.rendering import LANGUAGE

VERSION = 1


def pack(customer: Customer, at: datetime) -> bytes:
    """A zip with `data.json`, `index.html` and the files; in Chinese, as papers are."""
    with translation.override(LANGUAGE):
        found, files = sections(aliases_of(customer)), list(_files(customer))
        seen = looks(readers(customer).order_by("-at", "-id"))
        index = render_to_string(
            "customers/print/subject.html",
            {
                "customer": customer,
                "sections": found,
                "files": [name for name, _file in files],
                "looks": seen,
                "at": at,
            },
        )
        data = {
            "version": VERSION, "made_at": timezone.localtime(at).isoformat(timespec="seconds"), "customer": customer.pk,
            "tables": {section.code: {"title": section.title, "columns": section.columns, "rows": section.rows} for section in found},
            "files": [name for name, _file in files],
            "looks": [
                {"at": timezone.localtime(one.entry.at).isoformat(timespec="seconds"), "by": one.entry.by.name if one.entry.by else "",
                 "roles": one.roles, "kind": str(one.kind), "what": str(one.what), "purpose": one.entry.reason} for one in seen
            ],
        }  # fmt: skip
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        archive.writestr("data.json", json.dumps(data, ensure_ascii=False, indent=1))
        archive.writestr("index.html", index)
        for name, file in files:
            archive.writestr(name, storage.read(file))
    return out.getvalue()


def _files(customer: Customer) -> Iterator[tuple[str, StoredFile]]:
    """Attachments and printouts, each under a name of its own."""
    for one in Attachment.objects.filter(customer_id=customer.pk).select_related("file").order_by("pk"):
        yield f"files/{one.pk}-{one.name}", one.file
    for made in Print.objects.filter(customer_id=customer.pk).select_related("file").order_by("pk"):
        yield f"prints/{made.pk}-{made.document}.pdf", made.file
