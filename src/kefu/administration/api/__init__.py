"""Places, roles of colleagues and imports over the API: a file per noun."""

from ninja import Router

from kefu.administration.api import grants, imports, nodes

router = Router()
for _noun in (nodes, grants, imports):
    router.add_router("", _noun.router)
