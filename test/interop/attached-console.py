"""Attaches to a running kernel, runs the cells that are given, and prints what they show."""

import json
import sys

from jupyter_client import BlockingKernelClient

PATIENCE = 30
file, *cells = sys.argv[1:]
client = BlockingKernelClient(connection_file=file)
client.load_connection_file()
client.start_channels()
client.wait_for_ready(timeout=PATIENCE)
shown = []


def keep(message):
    content = message["content"]
    if message["msg_type"] == "stream":
        shown.append(content["text"])
    elif message["msg_type"] == "execute_result":
        shown.append(content["data"]["text/plain"])


for cell in cells:
    if cell == "shutdown":
        client.shutdown()
        client.get_control_msg(timeout=PATIENCE)
    else:
        client.execute_interactive(cell, timeout=PATIENCE, output_hook=keep)
client.stop_channels()
print(json.dumps(shown))
