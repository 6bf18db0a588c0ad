"""What modules call to declare their documents; the registry itself lies below the actions that read it."""

from kefu.foundation.printing.registry import Document, Size, find, register, registered

__all__ = ["Document", "Size", "find", "register", "registered"]
