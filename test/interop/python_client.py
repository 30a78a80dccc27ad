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

    def do_connect(self, path, count):
        """To another controller; the one before is none of its business any more."""
        self.rc.close()
        self.__init__(path, count)
        return "connected"

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

    def do_balanced(self):
        view = self.balanced
        return {
            "map": list(view.map_sync(lambda x: x**2, range(20))),
            "chunks": list(view.map(lambda x: x + 1, range(10), chunksize=3, block=True)),
            "unordered": sorted(view.map(lambda x: -x, range(6), ordered=False)),
            "imap": list(view.imap(lambda x: x * 3, range(6))),
        }

    def do_targets(self):
        pids = dict(zip(self.rc.ids, self.direct.apply_sync(engine_pid)))
        view = self.rc.load_balanced_view(targets=[1, 2])
        seen = {view.apply_sync(engine_pid) for _ in range(6)}
        return seen <= {pids[1], pids[2]} and len(seen) > 0

    def do_every_engine_gets_work(self):
        view = self.balanced
        results = [view.apply_async(wait_then, 0.3, None) for _ in self.rc.ids]
        for ar in results:
            ar.get(PATIENCE)
        return len({ar.engine_id for ar in results})

    def do_after_and_follow(self):
        view = self.balanced
        first = view.apply_async(engine_pid)
        with view.temp_flags(follow=[first], after=[first]):
            second = view.apply_async(engine_pid)
        slow = view.apply_async(wait_then, 0.3, "slow")
        quick = view.apply_async(lambda: "quick")
        with view.temp_flags(after=ipp.Dependency([slow, quick], all=False)):
            either = view.apply_async(lambda: "either")
        broken = view.apply_async(divide)
        with view.temp_flags(after=ipp.Dependency([broken], success=False, failure=True)):
            mended = view.apply_async(lambda: "mended")
        with view.temp_flags(after=[broken]):
            hopeless = view.apply_async(lambda: "never")
        with view.temp_flags(after=["nobody"]):
            unknown = view.apply_async(lambda: "never")
        return {
            "same engine": first.get(PATIENCE) == second.get(PATIENCE),
            "either": either.get(PATIENCE),
            "mended": mended.get(PATIENCE),
            "hopeless": failure(lambda: hopeless.get(PATIENCE)),
            "unknown": failure(lambda: unknown.get(PATIENCE)),
        }

    def do_functional_dependencies(self):
        one = self.rc.ids[-1]
        self.rc[:].execute("special = False", block=True)
        self.rc[one].execute("special = True", block=True)

        @ipp.depend(lambda: globals().get("special", False))
        def only_there():
            import os

            return os.getpid()

        @ipp.require("json", "collections")
        def required():
            return json.dumps([1])

        pid = self.rc[one].apply_sync(engine_pid)
        view = self.balanced
        others = self.rc.load_balanced_view(targets=self.rc.ids[:-1])
        return {
            "finds its engine": [ar.get(PATIENCE) for ar in [view.apply_async(only_there) for _ in range(3)]] == [pid] * 3,
            "required": view.apply_async(required).get(PATIENCE),
            "unmet everywhere": failure(lambda: view.apply_async(needy).get(PATIENCE)),
            "unmet on all targets": failure(lambda: others.apply_async(only_there).get(PATIENCE)),
        }

    def do_retries(self):
        view = self.balanced
        view.client[:].execute("attempts = 0", block=True)

        def second_time():
            global attempts
            attempts += 1
            if attempts == 1:
                raise ValueError("not yet")
            return attempts

        with view.temp_flags(retries=len(self.rc) + 3):
            many = failure(lambda: view.apply_async(divide).get(PATIENCE))
            again = view.apply_async(second_time).get(PATIENCE)
        with view.temp_flags(retries=1):
            once = failure(lambda: view.apply_async(divide).get(PATIENCE))
        status = self.rc.queue_status()
        return {
            "more than engines": many,
            "again": again,
            "once": once,
            "left over": sum(status[i]["tasks"] for i in self.rc.ids) + status["unassigned"],
        }

    def do_timeout(self):
        view = self.balanced
        slow = view.apply_async(wait_then, 0.8, None)
        with view.temp_flags(after=[slow], timeout=0.1):
            late = view.apply_async(engine_pid)
        name = failure(lambda: late.get(PATIENCE))
        slow.get(PATIENCE)
        return name

    def do_order(self):
        self.rc[0].execute("order = []", block=True)
        view = self.rc.load_balanced_view(targets=[0])
        slow = view.apply_async(wait_then, 0.3, None)

        def note(name):
            global order
            order.append(name)

        with view.temp_flags(after=[slow]):
            for ar in [view.apply_async(note, name) for name in "abcdef"]:
                last = ar
        last.get(PATIENCE)
        until(lambda: len(self.rc[0]["order"]) == 6, "six notes")
        return "".join(self.rc[0]["order"])

    def do_label(self):
        """9.1 and later."""
        view = self.balanced
        with view.temp_flags(label="mine"):
            ar = view.apply_async(lambda: 1)
        ar.get(PATIENCE)
        with self.direct.temp_flags(label="ours"):
            self.direct.apply_sync(lambda: 1)
        found = self.rc.db_query({"label": {"$glob": "m?n*"}}, keys=["msg_id", "label"])
        return {
            "metadata": ar.metadata["label"],
            "found": [record["label"] for record in found if record["msg_id"] == ar.msg_ids[0]],
            "none": self.rc.db_query({"label": "nobody's"}, keys=["msg_id"]),
        }

    # -- control

    def do_abort(self):
        view = self.rc[0]
        slow = view.apply_async(wait_then, 0.5, "slow")
        queued = [view.apply_async(lambda: 1) for _ in range(2)]
        self.rc.abort(queued, targets=0, block=False)
        balanced = self.balanced
        busy = [balanced.apply_async(wait_then, 0.5, None) for _ in range(2 * len(self.rc))]
        waiting = balanced.apply_async(lambda: 1)
        waiting.abort()
        out = {
            "slow": slow.get(PATIENCE),
            "queued": [failure(lambda: ar.get(PATIENCE)) for ar in queued],
            "waiting": failure(lambda: waiting.get(PATIENCE)),
        }
        for ar in busy:
            ar.get(PATIENCE)
        return out

    def do_clear(self):
        self.direct.push({"gone": 1}, block=True)
        self.rc.clear(block=True)
        return failure(lambda: self.rc[0].pull("gone", block=True))

    def do_signal(self):
        ar = self.rc[1].apply_async(wait_then, 30, "not interrupted")
        until(lambda: self.rc.queue_status(1)["queue"] == 1, "a running task")
        time.sleep(0.3)
        begin = time.monotonic()
        self.rc.send_signal(signal.SIGINT, targets=1, block=True)
        return [failure(lambda: ar.get(PATIENCE)), time.monotonic() - begin < 25]

    # -- broadcasts

    def do_broadcast(self):
        view = self.rc.broadcast_view()
        pids = self.direct.apply_sync(engine_pid)
        view.push({"everywhere": 5}, block=True)
        out = {
            "apply": view.apply_sync(lambda x: x + 1, 1),
            "order": view.apply_sync(engine_pid) == pids,
            "pull": view.pull("everywhere", block=True),
            "failure": failure(lambda: view.apply_sync(divide)),
        }
        view.execute("executed = 1", block=True)
        out["executed"] = self.direct.pull("executed", block=True)
        return out

    def do_coalesced(self):
        view = self.rc.broadcast_view(is_coalescing=True)
        pids = self.direct.apply_sync(engine_pid)
        last = self.rc.ids[-1]

        def fails_on(bad):
            if get_ipython().kernel.engine_id in bad:
                raise ValueError("bad")
            return 1

        return {
            "order": view.apply_sync(engine_pid) == pids,
            "large": [len(b) for b in view.apply_sync(lambda: b"x" * 5000)],
            "all fail": failure(lambda: view.apply_sync(divide)),
            "first fails": failure(lambda: view.apply_sync(fails_on, [0])),
            "last fails": failure(lambda: view.apply_sync(fails_on, [last])),
            "none fails": view.apply_sync(fails_on, []),
        }

    # -- the hub

    def do_queue_status(self):
        view = self.rc[0]
        before = self.rc.queue_status(0)["completed"]
        running = view.apply_async(wait_then, 0.6, None)
        queued = view.apply_async(lambda: 1)
        until(lambda: self.rc.queue_status(0)["queue"] == 2, "two tasks")
        verbose = self.rc.queue_status(0, verbose=True)
        queued.get(PATIENCE)
        until(lambda: self.rc.queue_status(0)["completed"] == before + 2, "two more")
        everything = self.rc.queue_status()
        return {
            "verbose": verbose["queue"] == [running.msg_ids[0], queued.msg_ids[0]],
            "keys": sorted(str(key) for key in everything),
            "of a view": self.direct.queue_status()[0]["queue"],
            "unknown": failure(lambda: self.rc.queue_status(99)),
        }

    def do_history(self):
        ars = [self.balanced.apply_async(lambda: 1) for _ in range(3)]
        ids = [ar.msg_ids[0] for ar in ars]
        for ar in ars:
            ar.get(PATIENCE)
        history = self.rc.hub_history()
        return [id for id in history if id in ids] == ids

    def do_db_query(self):
        rc = self.rc
        uuids = [rc._engines[i] for i in rc.ids]
        before = rc[0].execute("print('hello')", block=True)
        before.wait_for_output(PATIENCE)
        time.sleep(0.05)
        after = rc[1].apply_async(lambda b: b, b"y" * 5000)
        after.get(PATIENCE)
        a, b = before.msg_ids[0], after.msg_ids[0]

        def ids(query):
            return [r["msg_id"] for r in rc.db_query(query, keys=["msg_id"]) if r["msg_id"] in (a, b)]

        submitted = {r["msg_id"]: r["submitted"] for r in rc.db_query({"msg_id": {"$in": [a, b]}}, keys=["submitted"])}
        def named(found):
            return "".join("a" if one == a else "b" for one in found)

        record = rc.db_query({"msg_id": b})[0]
        sent = rc.db_query({"msg_id": b}, keys=["buffers", "result_buffers"])[0]
        return {
            "equal": named(ids({"msg_id": a})),
            "in": named(ids({"msg_id": {"$in": [a, b]}})),
            "nin": named(ids({"msg_id": {"$nin": [a]}})),
            "ne": named(ids({"msg_id": {"$ne": a}})),
            "gt": named(ids({"submitted": {"$gt": submitted[a]}})),
            "gte": named(ids({"submitted": {"$gte": submitted[a]}})),
            "lt": named(ids({"submitted": {"$lt": submitted[b]}})),
            "lte": named(ids({"submitted": {"$lte": submitted[b]}})),
            "between": named(ids({"submitted": {"$gte": submitted[a], "$lt": submitted[b]}})),
            "exists": named(ids({"completed": {"$exists": True}})),
            "exists not": named(ids({"completed": {"$exists": False}})),
            "null": named(ids({"resubmitted": None})),
            "two terms": named(ids({"engine_uuid": uuids[0], "queue": "mux"})),
            "other engine": named(ids({"engine_uuid": uuids[1], "queue": "mux"})),
            "wrong queue": named(ids({"engine_uuid": uuids[0], "queue": "task"})),
            "all": named(ids({"execute_input": {"$all": [1]}})),
            "mod": failure(lambda: ids({"stdout": {"$mod": [2, 0]}})),
            "unknown operator": failure(lambda: ids({"completed": {"$nope": 1}})),
            "unknown field": failure(lambda: ids({"colour": 1})),
            "unknown key": failure(lambda: rc.db_query({}, keys=["colour"])),
            "stdout": rc.db_query({"msg_id": a}, keys=["stdout", "content"])[0]["stdout"],
            "fields": sorted(record),
            "dates": all(hasattr(record[name], "year") for name in ["submitted", "started", "completed", "received"]),
            "buffers": [max(map(len, sent[name])) for name in ("buffers", "result_buffers")],
        }

    def do_results_for_others(self):
        printed = self.rc[0].execute("print('out')", silent=False, block=True)
        printed.wait_for_output(PATIENCE)
        other = ipp.Client(self.path, timeout=PATIENCE)
        ar = self.balanced.apply_async(wait_then, 1, "for all")
        try:
            id = ar.msg_ids[0]
            until(lambda: id in self.rc.hub_history(), "the task to arrive")
            pending = other.result_status([id], status_only=True)
            theirs = other.get_result(id).get(PATIENCE)
            completed = other.result_status([id], status_only=True)
            full = other.result_status(printed.msg_ids, status_only=False)
            results = other.get_result(printed.msg_ids)
            results.wait(PATIENCE)
            return {
                "pending": pending["pending"] == [id] and pending["completed"] == [],
                "theirs": theirs,
                "completed": completed["completed"] == [id] and completed["pending"] == [],
                "full": sorted(key for key in full if key in ("pending", "completed")),
                "stdout": results.stdout if isinstance(results.stdout, str) else results.stdout[0],
                "missing": failure(lambda: other.result_status(["nothing"])),
                "failed": failure(lambda: other.get_result(self.failed_id()).get(PATIENCE)),
            }
        finally:
            other.close()

    def failed_id(self):
        ar = self.balanced.apply_async(divide)
        ar.wait(PATIENCE)
        return ar.msg_ids[0]

    def do_resubmit(self):
        ar = self.balanced.apply_async(lambda x: x + 1, 41)
        ar.get(PATIENCE)
        again = self.rc.resubmit(ar.msg_ids)
        value = again.get(PATIENCE)
        record = self.rc.db_query({"msg_id": ar.msg_ids[0]}, keys=["resubmitted"])[0]
        return {
            "value": value,
            "recorded": record["resubmitted"] == again.msg_ids[0],
            "missing": failure(lambda: self.rc.resubmit(["nothing"])),
        }

    def do_purge(self):
        rc = self.rc
        first = rc[0].apply_async(lambda: 1)
        second = rc[1].apply_async(lambda: 2)
        third = rc[1].apply_async(lambda: 3)
        for ar in (first, second, third):
            ar.get(PATIENCE)
        ids = [ar.msg_ids[0] for ar in (first, second, third)]

        def left():
            return "".join(name for name, id in zip("abc", ids) if id in rc.hub_history())

        running = rc[0].apply_async(wait_then, 0.5, None)
        out = {"before": left()}
        rc.purge_hub_results([ids[1]])
        out["by id"] = left()
        out["pending"] = failure(lambda: rc.purge_hub_results(running.msg_ids))
        rc.purge_hub_results(targets=[0])
        out["by engine"] = left()
        rc.purge_hub_results("all")
        out["all"] = left()
        out["running stays"] = running.msg_ids[0] in rc.hub_history()
        running.get(PATIENCE)
        return out

    # -- output

    def do_iopub(self):
        ar = self.direct.execute("print('from', get_ipython().kernel.engine_id)", silent=False)
        ar.get(PATIENCE)
        ar.wait_for_output(PATIENCE)
        balanced = self.balanced.apply_async(lambda: print("balanced"))
        balanced.get(PATIENCE)
        balanced.wait_for_output(PATIENCE)
        return {"each": ar.stdout, "balanced": balanced.stdout}

    def do_datapub(self):
        def publish():
            from ipyparallel.datapub import publish_data

            publish_data({"step": 3})

        ar = self.rc[0].apply_async(publish)
        ar.get(PATIENCE)
        until(lambda: ar.data, "published data")
        return ar.data

    def do_dask(self):
        # Without `become_dask`, which wants to import dask before it asks.
        ask = self.rc._send_recv
        socket = getattr(self.rc, "_query_stream", None) or self.rc._query_socket
        content = ask(socket, "become_dask_request", {"scheduler_args": {}})["content"]
        return [content["ename"], content["evalue"]]

    # -- engines that come and go

    def do_heart_stops(self):
        """The engine does not answer, and nobody says that it is gone."""
        id = self.rc.ids[-1]
        pid = self.rc[id].apply_sync(engine_pid)
        os.kill(pid, signal.SIGSTOP)
        until(lambda: id not in self.rc.ids, "the end of a silent engine")
        os.kill(pid, signal.SIGCONT)
        until(lambda: id in self.rc.ids, "its return")
        return self.rc[id].apply_sync(lambda: "it is back")

    def do_engine_joins(self, id):
        until(lambda: id in self.rc.ids, f"engine {id}")
        return self.rc[id].apply_sync(lambda: "here")

    def do_name_of(self, id):
        return self.rc[id].apply_sync(engine_pid) and self.rc._engines[id]

    def do_engine_shut_down(self, id):
        self.rc.shutdown(targets=id, block=True)
        until(lambda: id not in self.rc.ids, "its departure")
        until(lambda: str(id) not in map(str, self.rc.queue_status()), "its queue to go")
        return self.rc.ids

    def do_task_engine_dies(self):
        count = len(self.rc)
        begin = time.monotonic()
        name = failure(lambda: self.balanced.apply_async(die).get(PATIENCE))
        soon = time.monotonic() - begin < 30
        until(lambda: len(self.rc) == count - 1, "a departure")
        return [name, soon, sorted(map(str, self.rc.queue_status())) == [*map(str, self.rc.ids), "unassigned"]]

    def do_direct_engine_dies(self):
        id = self.rc.ids[-1]
        ar = self.rc[id].apply_async(die)
        queued = self.rc[id].apply_async(lambda: 1)
        out = [failure(lambda: ar.get(PATIENCE)), failure(lambda: queued.get(PATIENCE))]
        until(lambda: id not in self.rc.ids, "its departure")
        record = {}

        def recorded():
            record.update(self.rc.result_status(queued.msg_ids, status_only=True))
            return record["completed"] == queued.msg_ids

        until(recorded, "the record of its end")
        return out

    def do_retry_elsewhere(self):
        def die_once(path):
            import os

            if not os.path.exists(path):
                open(path, "w").close()
                os.kill(os.getpid(), 9)
            return "elsewhere"

        view = self.balanced
        with view.temp_flags(retries=1):
            ar = view.apply_async(die_once, os.path.join(os.path.dirname(self.path), "died"))
        return ar.get(PATIENCE)

    # -- restarts

    def do_works(self):
        return self.rc[:].apply_sync(lambda: 1 + 1)

    def do_remember(self):
        ar = self.balanced.apply_async(lambda x: print("printed") or x * 2, 21)
        ar.get(PATIENCE)
        ar.wait_for_output(PATIENCE)
        self.remembered = ar.msg_ids[0]
        return self.remembered

    def do_recall(self, id):
        """By another client, which knows nothing."""
        other = ipp.Client(self.path, timeout=PATIENCE)
        try:
            record = other.db_query({"msg_id": id})[0]
            return {
                "result": other.get_result(id).get(PATIENCE),
                "stdout": record["stdout"],
                "again": other.resubmit([id]).get(PATIENCE)[0] if len(other) else None,
            }
        finally:
            other.close()

    def do_no_records(self):
        return failure(lambda: self.rc.hub_history())

    def do_start_long(self, seconds):
        self.long = [self.rc[0].apply_async(wait_then, seconds, "direct"), self.balanced.apply_async(wait_then, seconds, "balanced")]
        until(lambda: self.rc.queue_status()["unassigned"] == 0, "all tasks to begin")
        return [ar.msg_ids[0] for ar in self.long]

    def do_fetch(self, ids):
        other = ipp.Client(self.path, timeout=PATIENCE)
        try:
            return [other.get_result(id).get(PATIENCE) for id in ids]
        finally:
            other.close()

    def do_names(self):
        return {str(i): self.rc._engines[i] for i in self.rc.ids}

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
