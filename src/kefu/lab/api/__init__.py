"""Laboratory over the API: a file per noun."""

from importlib import import_module
from importlib.util import find_spec

from ninja import Router

router = Router()
for _noun in ("orders", "reports", "messages"):
    if find_spec(f"{__name__}.{_noun}"):
        router.add_router("", import_module(f"{__name__}.{_noun}").router)
