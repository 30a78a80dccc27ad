"""Reads lists of frames in hexadecimal, one JSON list on stdin; writes each value again in every form there is."""

import json
import pickle
import sys

from ipyparallel.serialize import deserialize_object, serialize_object


def forms(frames):
    value, _ = deserialize_object([bytes.fromhex(frame) for frame in frames], {})
    out = {f"protocol {p}": [pickle.dumps(value, p).hex()] for p in range(6)}
    out["ipyparallel"] = [bytes(frame).hex() for frame in serialize_object(value)]
    return out


json.dump([forms(frames) for frames in json.load(sys.stdin)], sys.stdout)
