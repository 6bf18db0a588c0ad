"""What the laboratory puts on the pages of others."""

from kefu.customers.merging import repoint

repoint("lab.Order", "customer")
