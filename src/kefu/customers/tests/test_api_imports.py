"""A list of customers brought by another program: checked, written in the background, read, taken back."""

from base64 import b64encode

from kefu.customers.models import Customer
from kefu.foundation.jobs.testing import run_pending

HEAD = "姓名,电话"


def sent(*lines: str) -> str:
    return b64encode("\n".join([HEAD, *lines]).encode("gb18030")).decode()


def test_a_list_is_checked_written_read_and_taken_back(cast, program):
    send = program(cast.manager)
    body = {"kind": "customers", "name": "名单.csv", "content": sent("白示安,10000000931", "白示宁,10000000932")}
    status, checked, _ = send("POST", "imports", body)
    assert (status, checked["state"]) == (201, "checking")
    run_pending(cast.at)
    found = send("GET", f"imports/{checked['id']}")[1]
    assert (found["state"], found["result"]["good"], found["result"]["created"]) == ("checked", 2, 0)
    assert not Customer.objects.exists()

    written = send("POST", "imports", body | {"mode": "commit"})[1]
    run_pending(cast.at)
    found = send("GET", f"imports/{written['id']}")[1]
    assert (found["state"], found["result"]["created"]) == ("done", 2)
    assert Customer.objects.count() == 2
    assert program(cast.director)("GET", f"imports/{written['id']}")[0] == 404

    assert send("POST", f"imports/{written['id']}/undo", {"reason": "发错了名单"})[1]["state"] == "undoing"
    run_pending(cast.at)
    assert send("GET", f"imports/{written['id']}")[1]["state"] == "undone"
    assert {one.stage for one in Customer.objects.all()} == {"closed"}


def test_what_is_no_file_and_who_may_not_is_refused(cast, program):
    send = program(cast.manager)
    wrong = send("POST", "imports", {"kind": "customers", "name": "a.csv", "content": "abcde"})
    assert (wrong[0], wrong[1]["errors"][0]["field"]) == (422, "content")
    wrong = send("POST", "imports", {"kind": "customers", "name": "a.csv", "content": b64encode(b"\x00\x01").decode()})
    assert (wrong[0], wrong[1]["errors"][0]["field"]) == (422, "file")
    assert send("POST", "imports", {"kind": "planets", "name": "a.csv", "content": sent("白示安,1")})[0] == 404
    assert (
        program(cast.keeper)("POST", "imports", {"kind": "customers", "name": "a.csv", "content": sent("白示安,1")})[0]
        == 403
    )
