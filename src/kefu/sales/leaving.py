"""What stays as it is when a doctor leaves (ORG-016)."""

from kefu.people.leaving import keep

keep("sales.Purchase", "doctor", "who prescribed; what is left to do follows the customer's doctor")
