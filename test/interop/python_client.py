"""A Python client that a test drives: it reads the names of scenarios, and prints what came of each.

Every function whose name begins with `do_` is a scenario: what a user of ipyparallel does. It
returns something that JSON can hold, and the test says what that must be.
"""

import json
import os
import signal
import sys
import time
import warnings

import ipyparallel as ipp

warnings.simplefilter("ignore")

# Longer than anything takes that does not hang, on a slow and busy machine.
PATIENCE = 60


def failure(work):
    """The names of what it fails with."""
    try:
        result = work()
    except ipp.error.CompositeError as error:
        return sorted({name for name, *_ in error.elist})
    except ipp.error.RemoteError as error:
        return error.ename
    except Exception as error:
        return type(error).__name__
    return ["no failure", result]


def until(holds, what):
    deadline = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError(what)
        time.sleep(0.02)


def divide():
    return 1 / 0


def engine_pid():
    import os

    return os.getpid()


def wait_then(seconds, value):
    import time

    time.sleep(seconds)
    return value


@ipp.require("a_module_that_nobody_has")
def needy():
    return 1


def die():
    import os

    os.kill(os.getpid(), 9)


class Scenarios:
    def __init__(self, path, count):
        self.path = path
        self.rc = ipp.Client(path, timeout=PATIENCE)
        self.rc.wait_for_engines(count, timeout=PATIENCE, interactive=False)

    @property
    def direct(self):
        return self.rc[:]

    @property
    def balanced(self):
        return self.rc.load_balanced_view()

    # -- who is there

    def do_ids(self):
        known = self.rc[:].apply_sync(lambda: get_ipython().kernel.engine_id)
        return {"ids": self.rc.ids, "as engines know them": known}

    # -- direct views

    def do_apply(self):
        view = self.direct
        view.execute("def double(x): return 2 * x", block=True)
        return {
            "lambda": view.apply_sync(lambda x, y=1: x * 2 + y, 20, y=2),
            "one": self.rc[1].apply_sync(lambda: "one"),
            "reference": view.apply_sync(ipp.Reference("double"), 4),
            "bytes": [len(b) for b in view.apply_sync(lambda b: b, b"x" * 100_000)],
        }

    def do_numpy(self):
        import numpy

        array = numpy.arange(100_000, dtype="f8").reshape(100, 1000)
        echoed = self.rc[0].apply_sync(lambda a: a * 2, array)
        scattered = self.direct
        scattered.scatter("part", array, block=True)
        scattered.execute("part = part + 1", block=True)
        return {
            "equal": bool((echoed == array * 2).all()),
            "gathered": bool((scattered.gather("part", block=True) == array + 1).all()),
        }

    def do_namespace(self):
        view = self.direct
        view.push({"a": 7, "b": "text"}, block=True)
        view["c"] = [1, 2]
        view.scatter("x", list(range(8)), block=True)
        return {
            "pull": view.pull(["a", "b"], block=True),
            "item": self.rc[0]["c"],
            "gather": list(view.gather("x", block=True)),
            "missing": failure(lambda: self.rc[0].pull("nothing", block=True)),
        }

    def do_execute(self):
        ar = self.rc[0].execute(
            "import sys; print('out'); print('err', file=sys.stderr)\n"
            "from IPython.display import display; display('shown')\n6 * 7",
            silent=False,
            block=True,
        )
        ar.wait_for_output(PATIENCE)
        return {
            "stdout": ar.stdout,
            "stderr": ar.stderr,
            "result": ar.execute_result["data"]["text/plain"],
            "displayed": [output["data"]["text/plain"] for output in ar.outputs],
            "status": ar.status,
        }

    def do_failures(self):
        ar = self.rc[1].execute("1/0")
        try:
            ar.get(PATIENCE)
        except ipp.error.RemoteError as error:
            told = {
                "ename": error.ename,
                "evalue": error.evalue,
                "traceback": "ZeroDivisionError" in error.traceback,
                "engine": error.engine_info["engine_uuid"] == self.rc._engines[1],
            }
        return {"one": told, "all": failure(lambda: self.direct.apply_sync(divide))}

    def do_direct_map(self):
        return list(self.direct.map_sync(lambda x: x**2, range(10)))

    # -- load-balanced views

    def do_balance(self, count):
        """How many engines took part, and whether every result is right."""
        ars = [self.balanced.apply_async(wait_then, 0.02, i) for i in range(count)]
        values = [ar.get(PATIENCE) for ar in ars]
        return [values == list(range(count)), len({ar.engine_id for ar in ars})]

    def do_wait_without_limit(self):
        """Tasks that wait for one that runs, on an engine that takes any number of them."""
        self.slow = self.balanced.apply_async(wait_then, 2, None)
        with self.balanced.temp_flags(after=[self.slow]):
            self.waiting = [self.balanced.apply_async(wait_then, 0, i) for i in range(3)]

    def do_each_ran_once(self, joined):
        until(lambda: len(self.rc) == joined, "another engine")
        values = [ar.get(PATIENCE) for ar in self.waiting]
        until(lambda: self.rc.queue_status()["unassigned"] == 0, "an empty queue")
        status = self.rc.queue_status(verbose=True)
        ran = [id for i in self.rc.ids for id in status[i]["completed"]]
        ids = [ar.msg_ids[0] for ar in self.waiting]
        return [values, sorted(id for id in ran if id in ids) == sorted(ids)]

    def do_hub_shut_down(self):
        self.rc.shutdown(hub=True, block=True)
        return "told"


def main():
    path, count = sys.argv[1], int(sys.argv[2])
    scenarios = Scenarios(path, count)
    print(json.dumps({"ready": ipp.version_info[0]}), flush=True)
    for line in sys.stdin:
        name, args = json.loads(line)
        try:
            reply = {"value": getattr(scenarios, f"do_{name}")(*args)}
        except BaseException:
            import traceback

            reply = {"failure": traceback.format_exc()}
        print(json.dumps(reply, default=str), flush=True)
    os._exit(0)


main()
