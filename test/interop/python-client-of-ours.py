"""What a user of ipyparallel does with an engine that speaks TypeScript, on whatever controller.

Prints one JSON object: what came out of each step.
"""

import json
import os
import sys
import time

import ipyparallel as ipp
import numpy as np

out = {}
# Longer than anything takes that does not hang, on a slow and busy machine.
PATIENCE = 60


def failure_of(work, text=None):
    """The name of the error, and its text, or whether it says this."""
    try:
        return ["no failure", repr(work())]
    except Exception as error:
        name = getattr(error, "ename", type(error).__name__)
        evalue = getattr(error, "evalue", str(error))
        return [name, evalue if text is None else text in evalue]


rc = ipp.Client(sys.argv[1], timeout=PATIENCE)
rc.wait_for_engines(2, timeout=PATIENCE, interactive=False)
uuids = {id: rc._engines[id] for id in rc.ids}
(ours,) = [id for id, uuid in uuids.items() if uuid.startswith("typescript-")]
view = rc[ours]
view.block = True

ar = view.execute("x = 1 + 1", block=False)
ar.get(PATIENCE)
out["execute"] = ar.status if hasattr(ar, "status") and isinstance(ar.status, str) else "ok"
ar = view.execute("console.log('hi'); console.error('err'); x + 40", silent=False, block=False)
ar.get(PATIENCE)
ar.wait_for_output(PATIENCE)
out["output"] = [ar.stdout, ar.stderr, ar.execute_result["data"]["text/plain"]]
out["execute error"] = failure_of(lambda: view.execute("null.f"))

values = dict(a=1, s="é", l=[1, (2, 3)], d={"k": None}, f=1.5, t=True, big=2**70, b=b"abc")
view.push(values)
pulled = view.pull(list(values))
pulled[-1] = pulled[-1].decode()
out["push and pull"] = pulled
view["c"] = [1, 2]
out["by item"] = [view["c"], view.get("c")]
out["not there"] = failure_of(lambda: view.pull("nope"))

xs, m, flags = np.arange(6.0), np.arange(6).reshape(2, 3), np.array([True, False])
big = np.arange(300000.0)
view.push(dict(xs=xs, m=m, flags=flags, big=big))
out["arrays there"] = view.pull(
    ["xs.constructor.name", "m.constructor.name", "m.shape", "flags.dtype", "big.length"]
)
back = view.pull(["xs", "m", "flags"])
out["arrays back"] = [bool((a == b).all()) for a, b in zip(back, (xs, m, flags))]
out["arrays back"].append(str(view.pull("big").dtype))
view.scatter("part", range(5))
gathered = [list(view.gather("part"))]
view.scatter("part", np.arange(4.0))
out["scatter and gather"] = gathered + [view.gather("part").tolist()]

view.execute("var square = (x) => x * x; var later = async (o) => o")
out["references"] = [
    view.apply(ipp.Reference("Math.max"), 1, 5, 2),
    view.apply(ipp.Reference("square"), 7),
    view.apply(ipp.Reference("later"), color="red"),
]
out["map"] = list(view.map(ipp.Reference("square"), range(4)))
balanced = rc.load_balanced_view(targets=[ours])
out["map in chunks"] = list(
    balanced.map(ipp.Reference("square"), range(4), chunksize=3, block=True)
)

speaks = "this engine speaks TypeScript"
out["Python function"] = failure_of(lambda: view.apply(lambda x: x, 1), speaks)
out["Python function as value"] = failure_of(lambda: view.push(dict(g=lambda x: x)), speaks)
out["function as result"] = failure_of(lambda: view.pull("square"), "result cannot travel")

def begin(code):
    """Runs code that does not end by itself; it is under way when this returns."""
    ar = view.execute(f"console.log('go'); {code}", silent=False, block=False)
    until(lambda: "go" in ar.stdout)
    return ar


def until(holds):
    deadline = time.time() + PATIENCE
    while not holds() and time.time() < deadline:
        time.sleep(0.02)
    return holds()


ar = begin("while (true) {}")
rc.send_signal(2, targets=[ours], block=True)
out["interrupted"] = failure_of(lambda: ar.get(PATIENCE), "interrupted")

# A controller of Python's is several processes: a signal overtakes what it is meant for.
ar = begin("await new Promise(() => {})")
waiting = [view.execute("1", block=False) for _ in range(3)]
until(lambda: rc.queue_status(targets=[ours])[ours]["queue"] == 4)
waiting[1].abort()
rc.send_signal(2, targets=[ours], block=True)
ar.wait(PATIENCE)
out["aborted"] = failure_of(lambda: waiting[1].get(PATIENCE), "")
out["others of the queue"] = [waiting[i].get(PATIENCE)["status"] for i in (0, 2)]
until(lambda: rc.queue_status(targets=[ours])[ours]["queue"] == 0)
out["queue status"] = rc.queue_status(targets=[ours])[ours]["queue"]

view.execute(f"{{ const end = Date.now() + {sys.argv[2]}; while (Date.now() < end) {{}} }}")
out["stays while it is busy"] = ours in rc.ids

both = rc.broadcast_view(targets=[ours])
both.block = True
out["broadcast"] = both.apply(ipp.Reference("square"), 3)
both.is_coalescing = True
out["broadcast"] += both.apply(ipp.Reference("square"), 3)

rc.clear(targets=[ours], block=True)
out["cleared"] = failure_of(lambda: view.pull("a"))
rc.shutdown(targets=[ours], block=True)
out["gone after shutdown"] = until(lambda: ours not in rc.ids)
print(json.dumps(out))
sys.stdout.flush()
os._exit(0)
