"""Every table that points at a customer says what a merge does with it."""

from django.apps import apps
from django.db.models import ForeignKey, OneToOneField

from kefu.customers import merging
from kefu.customers.models import Customer


def test_every_foreign_key_to_a_customer_has_a_handler():
    declared = merging.handlers()
    missing = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, ForeignKey | OneToOneField) and field.related_model is Customer
        if (model._meta.label, field.name) not in declared
    ]
    assert missing == []


def test_the_four_ways(monkeypatch):
    monkeypatch.setattr(merging, "_handlers", {})
    merging.repoint("lab.Order", "customer")
    merging.refuse("journey.Journey", "customer")
    merging.combine("customers.Standing", "customer", print)
    merging.keep("audit.Entry", "customer_id")
    assert {key: handler.handling.value for key, handler in merging.handlers().items()} == {
        ("lab.Order", "customer"): "repoint", ("journey.Journey", "customer"): "refuse", ("customers.Standing", "customer"): "combine",
        ("audit.Entry", "customer_id"): "keep",
    }  # fmt: skip
    assert merging.handlers()["customers.Standing", "customer"].combine is print
