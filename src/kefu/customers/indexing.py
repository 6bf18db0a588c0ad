"""What a customer's row keeps so that any part of the archive finds it (CUS-005)."""

from __future__ import annotations

from collections.abc import Iterable

from kefu.customers.models import Customer
from kefu.foundation.search.counting import register
from kefu.foundation.search.engine import Target
from kefu.foundation.search.tokens import document
from kefu.kernel.names import read_name

ARCHIVE = register(
    Target(
        code="customers.archive",
        table="customers_customer",
        exact="t.name = %(text)s OR t.archive_number = upper(%(text)s) OR t.card_number = %(text)s",
        start="t.name LIKE %(start)s OR t.pinyin LIKE %(start)s OR t.initials LIKE %(start)s",
        scoped=("node_id", "doctor_id", "health_manager_id"),
        partition="node_id",
        where="t.merged_into_id IS NULL AND t.restricted_at IS NULL AND t.erased_at IS NULL",
    )
)
MEDICAL = register(
    Target(
        code="customers.medical",
        table="customers_customer",
        exact="FALSE",
        start="FALSE",
        scoped=("node_id", "doctor_id", "health_manager_id"),
        grams="medical_grams",
        text="",
        where="t.medical_history <> '' AND t.merged_into_id IS NULL AND t.restricted_at IS NULL",
    )
)
KEPT = ("pinyin", "initials", "search_text", "grams", "medical_grams")


def index(customer: Customer, contacts: Iterable[str], family: Iterable[str] = (), once: Iterable[str] = ()) -> None:
    """Set the search columns from the row, its contact values, the names of its family, and the names and numbers of archives that became
    part of it. Medical history is kept apart.
    """
    reading = read_name(customer.name)
    customer.pinyin, customer.initials = reading.full, reading.initials
    texts = [
        *contacts, customer.archive_number or "", customer.card_number, _closed(customer.card_number), *once, *family, customer.address, customer.occupation, customer.interests,
        customer.hobbies, customer.personality, customer.special_needs, customer.caution, customer.remarks, customer.paper_mark,
    ]  # fmt: skip
    found = document(customer.name, [text for text in texts if text])
    customer.search_text, customer.grams = found.text, found.tokens
    medical = customer.medical_history
    customer.medical_grams = document("", [medical]).tokens if medical else []


def _closed(number: str) -> str:
    """A card number without the spaces and hyphens some people write."""
    return "".join(character for character in number if character.isalnum())


def reindex(customer: Customer) -> None:
    """Set the search columns anew from the tables and save them: three queries and one write. The row must be locked and fresh."""
    papers = customer.papers.filter(active=True).values_list("tail", flat=True)
    contacts = customer.contacts.filter(active=True).values_list("value", flat=True).union(papers, all=True)
    family = customer.family.filter(active=True).values_list("relative__name", "name")
    aliases = customer.aliases.values_list("name", "archive_number", "card_number")
    once = [text for alias in aliases for text in alias if text]
    index(customer, contacts, [relative or name for relative, name in family], once)
    customer.save(update_fields=KEPT)
