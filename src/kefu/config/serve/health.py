"""Asks a running installation whether it works."""

import http.client
import os

from kefu.config.serve.addresses import Addresses


def healthy(addresses: Addresses) -> bool:
    """Whether /healthz answers 200 and the laboratory line accepts connections."""
    web = addresses.web.local
    connection = http.client.HTTPConnection(web.host, web.port, timeout=3)
    try:
        connection.request("GET", "/healthz", headers={"Host": _allowed_host()})
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return status == 200 and addresses.mllp.accepts()


def _allowed_host() -> str:
    # The site may answer only to its public names.
    first = os.environ.get("KEFU_HOSTS", "").split(",")[0].strip().lstrip(".")
    return first if first not in ("", "*") else "127.0.0.1"
