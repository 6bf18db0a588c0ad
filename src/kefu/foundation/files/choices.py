"""What a stored file is, found in its bytes."""

from django.db.models import TextChoices


class MediaType(TextChoices):
    """Types that people may attach."""

    PDF = "application/pdf", "PDF"
    JPEG = "image/jpeg", "JPEG"
    PNG = "image/png", "PNG"
    WEBP = "image/webp", "WEBP"
    HEIC = "image/heic", "HEIC"
    XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "XLSX"


EXTENSIONS = {
    MediaType.PDF: "pdf",
    MediaType.JPEG: "jpg",
    MediaType.PNG: "png",
    MediaType.WEBP: "webp",
    MediaType.HEIC: "heic",
    MediaType.XLSX: "xlsx",
}
SHOWN_IN_BROWSER = frozenset({MediaType.PDF, MediaType.JPEG, MediaType.PNG, MediaType.WEBP})
