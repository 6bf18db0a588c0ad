"""The one door to the outside world: SMS, mail, WeChat, HL7 and webhooks leave only through it.

`actions.put(...)` writes the message in the transaction of the fact it tells; `delivery` sends it after the commit.
"""
