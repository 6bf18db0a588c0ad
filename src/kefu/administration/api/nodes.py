"""Places over the API."""

from __future__ import annotations

from ninja import Query, Router

from kefu.foundation.api.paging import Listing, Page, listing
from kefu.foundation.api.requests import ApiRequest
from kefu.foundation.api.responses import RESPONSES
from kefu.foundation.api.rights import everyone
from kefu.foundation.api.schemas import Out
from kefu.kernel.ids import ident
from kefu.organisation.models import Node

router = Router(tags=["directory"])


class NodeOut(Out):
    """A place of the organisation."""

    id: str
    code: str
    name: str
    kind: str


def show(node: Node) -> dict[str, object]:
    """A place as the directory tells it."""
    return {"id": ident("nod", node.pk), "code": node.code, "name": node.label, "kind": node.kind}


@router.get("directory/nodes", response={200: Listing[NodeOut], **RESPONSES}, operation_id="directory_nodes_list")
@everyone
def list_nodes(request: ApiRequest, query: Query[Page]) -> dict[str, object]:
    """Places that are open, by code; names and codes of places are known to everybody who has a token."""
    return listing(Node.objects.filter(closed_on__isnull=True), query, order=("code",), show=show)
