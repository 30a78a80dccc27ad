"""Python's `Cluster` with a controller of ours; prints what came of it as one JSON object."""

import glob
import json
import os
import sys

import ipyparallel as ipp
from traitlets.config import Config

# One of the versions is enough: the controller is the same.
encrypted = ipp.version_info[0] > 7
if encrypted:
    os.environ["IPP_ENABLE_CURVE"] = "1"
config = Config()
config.ControllerLauncher.controller_cmd = sys.argv[1:]
config.Cluster.controller_args = ["--sqlitedb", "--ping=500"]


def connection_info(cluster):
    (name,) = glob.glob(os.path.join(cluster.profile_dir, "security", "*-client.json"))
    with open(name) as file:
        return json.load(file)


cluster = ipp.Cluster(n=1, config=config, log_level=40)
with cluster as rc:
    with open(f"/proc/{cluster.controller.pid}/cmdline") as file:
        command = file.read().split("\0")
    info = connection_info(cluster)
    again = ipp.Cluster.from_file(cluster_file=cluster.cluster_file)
    cluster.start_engines_sync(1)
    rc.wait_for_engines(2, timeout=60, interactive=False)
    out = {
        "ids": rc.ids,
        "works": rc[:].apply_sync(lambda: 1 + 1),
        "controller": command[1].endswith("ipcontroller.js"),
        "from file": [len(again.engines), again.controller.state],
        "records": len(rc.hub_history()),
        "encrypted as asked": (bool(info["curve_serverkey"]) and info["key"] == "") == encrypted,
        "log": "is registered" in cluster.controller.get_output(),
    }
    security = os.path.join(cluster.profile_dir, "security")
    file, pid = cluster.cluster_file, cluster.controller.pid
out["left behind"] = sorted(os.listdir(security))
out["runs"] = os.path.exists(f"/proc/{pid}")
print(json.dumps(out), flush=True)
os._exit(0)
