"""What bytes are, whatever they call themselves."""

import pytest

from kefu.foundation.files.rules import media_type_of, safe_name
from kefu.foundation.files.tests import samples


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (samples.PDF, "application/pdf"),
        (samples.JPEG, "image/jpeg"),
        (samples.PNG, "image/png"),
        (samples.WEBP, "image/webp"),
        (samples.HEIC, "image/heic"),
        (samples.xlsx(), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ],
)
def test_accepted_types_are_told_by_their_content(content, media_type):
    assert media_type_of(content) == media_type


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK",
        samples.HTML,
        samples.SVG,
        samples.AVIF,
        samples.plain_zip(),
        samples.xlsx_with_macros(),
        samples.xlsx()[:200],
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(40),
        b"  %PDF-1.7",
    ],
)
def test_everything_else_is_not_accepted(content):
    assert media_type_of(content) is None


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("签字单.pdf", "签字单.pdf"),
        ("照片.exe", "照片.pdf"),
        ("C:\\temp\\..\\扫描 1.PDF", "扫描 1.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("a\u202efdp.exe", "afdp.pdf"),
        ("v1.2 报告", "v1.2 报告.pdf"),
        ("", "file.pdf"),
        ("...", "file.pdf"),
        ("长" * 300 + ".pdf", "长" * 116 + ".pdf"),
    ],
)
def test_names_are_kept_without_what_could_hurt(name, kept):
    assert safe_name(name, "pdf") == kept
