"""What a user of ipyparallel does, against whatever controller wrote the connection file.

Prints one JSON object: what came out of each step.
"""

import json
import os

import sys
import time

import ipyparallel as ipp

out = {}


def failure_of(work):
    begin = time.time()
    try:
        return ["no failure", work()]
    except Exception as error:
        out_of_patience = time.time() - begin > 10
        return [getattr(error, "ename", type(error).__name__), out_of_patience]


def divide():
    return 1 / 0


@ipp.require("a_module_that_nobody_has")
def needy():
    return 1


def die():
    import os
    import signal

    os.kill(os.getpid(), signal.SIGKILL)


rc = ipp.Client(sys.argv[1])
rc.wait_for_engines(2, timeout=60, interactive=False)
out["ids"] = sorted(rc.ids)
direct = rc[:]
balanced = rc.load_balanced_view()

out["apply"] = direct.apply_sync(lambda x: x * 2, 21)
direct.push({"a": 7}, block=True)
out["pull"] = direct.pull("a", block=True)
executed = direct.execute("print('hello')", block=True)
out["gather"] = list(direct.scatter("x", list(range(6)), block=True) or direct.gather("x", block=True))
out["map"] = list(balanced.map_sync(lambda x: x**2, range(20)))

first = balanced.apply_async(os.getpid)
with balanced.temp_flags(follow=[first], after=[first]):
    second = balanced.apply_async(os.getpid)
out["follow"] = first.get(10) == second.get(10)

with balanced.temp_flags(retries=5):
    out["more retries than engines"] = failure_of(lambda: balanced.apply_async(divide).get(20))
out["unmet everywhere"] = failure_of(lambda: balanced.apply_async(needy).get(20))
with balanced.temp_flags(after=["nobody"]):
    out["unknown dependency"] = failure_of(lambda: balanced.apply_async(os.getpid).get(20))
slow = balanced.apply_async(time.sleep, 1)
with balanced.temp_flags(after=[slow], timeout=0.2):
    out["timeout"] = failure_of(lambda: balanced.apply_async(os.getpid).get(20))
slow.get(20)

broadcast = rc.broadcast_view()
out["broadcast"] = broadcast.apply_sync(lambda x: x + 1, 1)
broadcast.is_coalescing = True
out["coalesced in order"] = broadcast.apply_sync(os.getpid) == direct.apply_sync(os.getpid)
out["coalesced failure"] = failure_of(lambda: broadcast.apply_sync(divide))

msg_id = executed.msg_ids[0]
out["stdout"] = rc.db_query({"msg_id": msg_id}, keys=["stdout"])[0]["stdout"]
out["queue"] = rc.queue_status()["unassigned"]
out["history"] = msg_id in rc.hub_history()
out["status"] = rc.result_status([msg_id], status_only=True)["completed"] == [msg_id]
out["bad query"] = failure_of(lambda: rc.db_query({"completed": {"$nope": 1}}))
again = rc.resubmit(first.msg_ids)
out["resubmitted"] = again.get(10)[0] in direct.apply_sync(os.getpid)
other = ipp.Client(sys.argv[1])
out["of another client"] = list(other.get_result(second.msg_ids[0]).get(10) for _ in range(1)) == [second.get()]
rc.purge_hub_results([msg_id])
out["purged"] = failure_of(lambda: other.result_status([msg_id]))

waiting = [balanced.apply_async(time.sleep, 0.5) for _ in range(6)]
time.sleep(0.1)
waiting[-1].abort()
out["aborted"] = failure_of(lambda: waiting[-1].get(10))
for result in waiting[:-1]:
    result.get(20)

out["task engine killed"] = failure_of(lambda: balanced.apply_async(die).get(30))
out["direct engine killed"] = failure_of(lambda: rc[rc.ids[0]].apply_async(die).get(30))
rc.shutdown(hub=True, block=True)
print(json.dumps(out))
sys.stdout.flush()
os._exit(0)
