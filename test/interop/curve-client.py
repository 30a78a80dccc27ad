"""A few of the things that go over every channel, against an encrypted controller."""

import json
import os
import sys

import ipyparallel as ipp

rc = ipp.Client(sys.argv[1])
rc.wait_for_engines(1, timeout=60, interactive=False)
direct = rc[:]
balanced = rc.load_balanced_view()
executed = direct.execute("print('hello')", block=True)
direct.push({"a": bytes(300_000)}, block=True)
out = {
    "key": rc.session.key.decode("ascii"),
    "apply": direct.apply_sync(lambda x: x * 2, 21),
    "map": list(balanced.map_sync(lambda x: x**2, range(5))),
    "pull": len(direct.pull("a", block=True)[0]),
    "broadcast": rc.broadcast_view().apply_sync(lambda x: x + 1, 1),
    "stdout": rc.db_query({"msg_id": executed.msg_ids[0]}, keys=["stdout"])[0]["stdout"],
    "queue": rc.queue_status()["unassigned"],
}
rc.shutdown(hub=True, block=True)
print(json.dumps(out))
sys.stdout.flush()
os._exit(0)
