"""Laboratory over the API: a file per noun."""

from ninja import Router

from kefu.lab.api import messages, orders, reports

router = Router()
for _noun in (orders, reports, messages):
    router.add_router("", _noun.router)
