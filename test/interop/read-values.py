"""Reads [[frames in hexadecimal], expression] pairs, one JSON list on stdin.

For each pair it makes the value of the frames, as an engine does, and tells what is wrong: null when it is of the type
of the expression's value, and equal.
"""

import collections  # noqa: F401
import datetime
import json
import sys

import numpy as np
from ipyparallel.serialize import deserialize_object, unpack_apply_message

ns = {"np": np, "datetime": datetime, "collections": collections, "a": 20}


def same(a, b):
    if type(a) is not type(b):
        return False
    if isinstance(a, np.ndarray):
        return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return len(a) == len(b) and all(k in b and same(v, b[k]) for k, v in a.items())
    if isinstance(a, float):
        return a.hex() == b.hex()
    if isinstance(a, Exception):
        return a.args == b.args
    return a == b


def check(frames, expression):
    bufs = [bytes.fromhex(frame) for frame in frames]
    if expression.startswith("call "):
        f, args, kwargs = unpack_apply_message(bufs, ns)
        value, expression = f(*args, **kwargs), expression[5:]
    else:
        value, rest = deserialize_object(bufs, ns)
        if rest:
            return "frames are left"
    if expression.startswith("check "):
        return None if eval(expression[6:], {**ns, "v": value}) else repr(value)
    wanted = eval(expression, dict(ns))
    return None if same(value, wanted) else f"{value!r} is not {wanted!r}"


answers = []
for frames, expression in json.load(sys.stdin):
    try:
        answers.append(check(frames, expression))
    except Exception as error:
        answers.append(f"{type(error).__name__}: {error}")
json.dump(answers, sys.stdout)
