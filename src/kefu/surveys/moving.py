"""What customers answered stays where they were asked (ORG-013)."""

from kefu.customers.moving import keep_place

keep_place("surveys.Response", "node", "where the customer was asked: rates of the past do not change")
