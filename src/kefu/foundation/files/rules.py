"""What bytes are, told by the bytes themselves; and names that are safe to keep."""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile

PDF = "application/pdf"
JPEG = "image/jpeg"
PNG = "image/png"
WEBP = "image/webp"
HEIC = "image/heic"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_UNSAFE = re.compile(r'[\x00-\x1f\x7f\\/:*?"<>|\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]')
NAME_LENGTH = 120


def media_type_of(content: bytes) -> str | None:
    """The type of a file by its content, None for one that is not accepted. The name plays no part."""
    if content.startswith(b"%PDF-"):
        return PDF
    if content.startswith(b"\xff\xd8\xff"):
        return JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return WEBP
    if content[4:8] == b"ftyp" and _HEIC_BRANDS & _brands(content):
        return HEIC
    return XLSX if content.startswith(b"PK\x03\x04") and _is_workbook(content) else None


def _brands(content: bytes) -> set[bytes]:
    length = min(int.from_bytes(content[:4], "big"), 128, len(content))
    return {content[8:12], *(content[place : place + 4] for place in range(16, length - 3, 4))}


def _is_workbook(content: bytes) -> bool:
    """An Excel workbook without macros. A damaged archive is none."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError):
        return False
    return {"[Content_Types].xml", "xl/workbook.xml"} <= names and "xl/vbaProject.bin" not in names


def safe_name(name: str, extension: str) -> str:
    """A file name that every system can keep and that ends as its content does: no path, no control or direction marks."""
    base = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    stem = _UNSAFE.sub("", base).strip(" .")
    head, dot, tail = stem.rpartition(".")
    stem = head if dot and re.fullmatch(r"[A-Za-z0-9]{1,5}", tail) else stem
    kept = stem[: NAME_LENGTH - len(extension) - 1].strip(" .") or "file"
    return f"{kept}.{extension}"
