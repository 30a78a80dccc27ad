"""Measures Python's ipyparallel the way bench/cluster.ts measures iparallel; prints one JSON object.

Usage: measure.py '{"engines": 4, "tasks": 500, ...}'   (keys: see bench/plan.ts)
"""
import json
import logging
import os
import sys
import tempfile
import time

plan = json.loads(sys.argv[1])
os.environ["IPYTHONDIR"] = tempfile.mkdtemp(prefix="ipp-bench-")

import ipyparallel as ipp  # noqa: E402
import numpy  # noqa: E402
import psutil  # noqa: E402


def noop(i):
    return i


def per_second(count, seconds):
    return count / seconds


def median_ms(once, count):
    times = []
    for _ in range(count):
        begin = time.perf_counter()
        once()
        times.append(time.perf_counter() - begin)
    times.sort()
    return times[len(times) // 2] * 1000


def rss(processes):
    return sum(process.memory_info().rss for process in processes)


def tree(pid):
    parent = psutil.Process(pid)
    return [parent, *parent.children(recursive=True)]


n = plan["engines"]
begin = time.perf_counter()
cluster = ipp.Cluster(n=n, log_level=logging.ERROR)
rc = cluster.start_and_connect_sync()
rc[:].apply_sync(os.getpid)
result = {"startSeconds": time.perf_counter() - begin}
try:
    controller_pid = cluster.controller.pid
    engine_pids = rc[:].apply_sync(os.getpid)
    lview = rc.load_balanced_view()
    dview = rc[:]
    one = rc[0]
    warm_at = time.perf_counter() + plan["warmUpSeconds"]
    while time.perf_counter() < warm_at:
        lview.map_sync(noop, range(100), chunksize=1)

    begin = time.perf_counter()
    lview.map_sync(noop, range(plan["tasks"]), chunksize=1)
    result["tasksPerSecond"] = per_second(plan["tasks"], time.perf_counter() - begin)

    begin = time.perf_counter()
    lview.map_sync(noop, range(plan["items"]), chunksize=1000)
    result["itemsPerSecond"] = per_second(plan["items"], time.perf_counter() - begin)

    result["balancedRoundTripMs"] = median_ms(lambda: lview.apply_sync(noop, 1), plan["roundTrips"])
    result["directRoundTripMs"] = median_ms(lambda: one.apply_sync(noop, 1), plan["roundTrips"])
    result["directAllRoundTripMs"] = median_ms(
        lambda: dview.apply_sync(noop, 1), plan["roundTrips"]
    )

    result["controllerBytes"] = rss(tree(controller_pid))
    result["engineBytes"] = rss(tree(engine_pids[0]))

    array = numpy.random.default_rng(1).random(plan["arrayBytes"] // 8)
    begin = time.perf_counter()
    for _ in range(plan["transfers"]):
        dview.push({"a": array}, block=True)
    megabytes = plan["transfers"] * n * plan["arrayBytes"] / 1e6
    result["pushMBPerSecond"] = per_second(megabytes, time.perf_counter() - begin)
    begin = time.perf_counter()
    for _ in range(plan["transfers"]):
        arrays = dview.pull("a", block=True)
    result["pullMBPerSecond"] = per_second(megabytes, time.perf_counter() - begin)
    assert all(a.nbytes == plan["arrayBytes"] for a in arrays)
    del arrays

finally:
    rc.close()
    cluster.stop_cluster_sync()
print("RESULT " + json.dumps(result))
