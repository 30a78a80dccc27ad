"""Drives the kernel with Jupyter's own client; prints what came of each step, as JSON."""

import json
import sys

from jupyter_client import BlockingKernelClient, KernelManager

PATIENCE = 30


class Front:
    """A kernel, and a front end that keeps what it is shown."""

    def __init__(self, **options):
        self.manager = KernelManager(kernel_name="iparallel", **options)
        self.manager.start_kernel(stdout=sys.stderr)
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=PATIENCE)

    def close(self):
        self.client.stop_channels()
        self.manager.shutdown_kernel()

    def shown(self, msg_id):
        """Everything on iopub about a request, up to its idle."""
        found = []
        while True:
            message = self.client.get_iopub_msg(timeout=PATIENCE)
            if message["parent_header"].get("msg_id") != msg_id:
                continue
            kind, content = message["msg_type"], message["content"]
            if kind == "status":
                found.append(content["execution_state"])
                if content["execution_state"] == "idle":
                    return found
            else:
                found.append([kind, content])

    def reply(self, msg_id):
        while True:
            message = self.client.get_shell_msg(timeout=PATIENCE)
            if message["parent_header"].get("msg_id") == msg_id:
                return message

    def run(self, code, **options):
        msg_id = self.client.execute(code, **options)
        return {"shown": self.shown(msg_id), "reply": self.reply(msg_id)["content"]}

    def wait_for_stream(self, text):
        while True:
            message = self.client.get_iopub_msg(timeout=PATIENCE)
            if message["msg_type"] == "stream" and text in message["content"]["text"]:
                return

    def value(self, code):
        shown = self.run(code)["shown"]
        return [c["data"]["text/plain"] for k, c in shown_of(shown, "execute_result")]

    def request(self, msg_type, content, channel="shell", buffers=None):
        message = self.client.session.msg(msg_type, content)
        sender = getattr(self.client, f"{channel}_channel")
        if buffers is None:
            sender.send(message)
        else:
            self.client.session.send(sender.socket, message, buffers=buffers)
        return message["header"]["msg_id"]

    def control_reply(self, msg_id):
        while True:
            message = self.client.get_control_msg(timeout=PATIENCE)
            if message["parent_header"].get("msg_id") == msg_id:
                return message["content"]


def shown_of(shown, kind):
    return [item for item in shown if isinstance(item, list) and item[0] == kind]


out = {}
front = Front()
client = front.client

info = client.kernel_info(reply=True, timeout=PATIENCE)
out["info"] = {
    "header version": info["header"]["version"],
    **{key: info["content"][key] for key in ("status", "protocol_version", "debugger", "supported_features")},
    **{key: info["content"]["language_info"][key] for key in ("name", "file_extension", "pygments_lexer")},
}

out["streams and result"] = front.run("console.log('out'); console.error('err'); 6 * 7")
failed = front.run("const a: number = 1\nthrow new RangeError('too far')")
out["error"] = {
    "shown": [c for k, c in shown_of(failed["shown"], "error")],
    "reply": {key: failed["reply"][key] for key in ("status", "ename", "evalue")},
}
rich = "({ [Symbol.for('Jupyter.display')]: () => ({ 'text/html': '<b>hi</b>', 'text/plain': 'hi' }) })"
out["rich"] = [c["data"] for k, c in shown_of(front.run(rich)["shown"], "execute_result")]
out["silent"] = front.run("globalThis.quiet = 1; 5", silent=True)["shown"]
out["expressions"] = {
    name: value["status"]
    for name, value in front.run("let n = 2", user_expressions={"good": "n * 2", "bad": "nope"})[
        "reply"
    ]["user_expressions"].items()
}

# Slow to fail, so that the others are surely there by then.
slow = "await new Promise((resolve) => setTimeout(resolve, 200)); throw 1"
ids = [client.execute(code) for code in (slow, "n = 3", "n = 4", "n = 5")]
out["stop on error"] = [front.reply(msg_id)["content"]["status"] for msg_id in ids]
ids = [client.execute("throw 1", stop_on_error=False), client.execute("n = 5")]
out["go on after an error"] = [front.reply(msg_id)["content"]["status"] for msg_id in ids]

asking = client.execute("'Hello ' + (await input.password('name? '))", allow_stdin=True)
question = client.get_stdin_msg(timeout=PATIENCE)["content"]
client.input("Ann")
out["input"] = [question, [c["data"]["text/plain"] for k, c in shown_of(front.shown(asking), "execute_result")]]
front.reply(asking)
out["no input"] = front.run("await input('name? ')", allow_stdin=False)["reply"]["ename"]
asking = client.execute("await input('never answered')", allow_stdin=True)
client.get_stdin_msg(timeout=PATIENCE)
front.manager.interrupt_kernel()
out["interrupt input"] = front.reply(asking)["content"]["ename"]

front.run("const person = { firstName: 'Ann', 'é': 1 }")
completed = client.complete("person.fi", reply=True, timeout=PATIENCE)["content"]
out["complete"] = {key: completed[key] for key in ("matches", "cursor_start", "cursor_end")}
inspected = client.inspect("person.firstName", reply=True, timeout=PATIENCE)["content"]
out["inspect"] = [inspected["found"], "Ann" in inspected["data"]["text/plain"]]
out["is complete"] = [
    front.reply(client.is_complete(code))["content"]["status"]
    for code in ("1 + 1", "for (;;) {", "let let")
]
tail = client.history(hist_access_type="tail", n=1, reply=True, timeout=PATIENCE)["content"]
out["history"] = [entry[2] for entry in tail["history"]]

for name, code in {
    "busy loop": "console.log('go'); for (;;) { try { for (;;); } catch {} }",
    "waiting": "console.log('go'); await new Promise(() => {})",
}.items():
    msg_id = client.execute(code)
    front.wait_for_stream("go")
    front.manager.interrupt_kernel()
    reply = front.reply(msg_id)["content"]
    out[f"interrupt {name}"] = [reply["status"], reply["ename"], front.value("n")]

out["unknown comm target"] = [
    kind for kind, content in shown_of(
        front.shown(front.request("comm_open", {"comm_id": "x", "target_name": "nobody", "data": {}})),
        "comm_close",
    )
]
front.run(
    "comms.register('echo', (comm, { data }) => {\n"
    "  comm.send({ welcome: data.name })\n"
    "  comm.onMessage = ({ data, buffers }) =>\n"
    "    comm.send({ twice: data.n * 2 }, { buffers: buffers.map((b) => b.map((x) => x + 1)) })\n"
    "  comm.onClose = () => { globalThis.closed = true }\n"
    "})"
)
opened = front.shown(
    front.request("comm_open", {"comm_id": "c1", "target_name": "echo", "data": {"name": "Ann"}})
)
client.comm_info()
talk = front.request("comm_msg", {"comm_id": "c1", "data": {"n": 21}}, buffers=[b"\x01\x02"])
answers, buffers = [], []
while True:
    message = client.get_iopub_msg(timeout=PATIENCE)
    if message["parent_header"].get("msg_id") != talk:
        continue
    if message["msg_type"] == "comm_msg":
        answers.append(message["content"]["data"])
        buffers = [list(bytes(b)) for b in message["buffers"]]
    elif message["content"].get("execution_state") == "idle":
        break
while True:
    message = client.get_shell_msg(timeout=PATIENCE)
    if message["msg_type"] == "comm_info_reply":
        break
front.shown(front.request("comm_close", {"comm_id": "c1", "data": {}}))
out["comm"] = {
    "opened": [content["data"] for kind, content in shown_of(opened, "comm_msg")],
    "listed": message["content"]["comms"],
    "answers": answers,
    "buffers": buffers,
    "closed": front.value("closed"),
    "from the kernel": [
        content["target_name"]
        for kind, content in shown_of(front.run("comms.open('chart'); 0")["shown"], "comm_open")
    ],
}

debug = front.request("debug_request", {"type": "request", "seq": 1, "command": "debugInfo"}, "control")
out["debug"] = front.control_reply(debug)["success"]

unknown = front.request("no_such_request", {})
out["unknown request"] = front.reply(unknown)["content"]["status"]

out["two front ends"] = None
second = BlockingKernelClient(connection_file=front.manager.connection_file)
second.load_connection_file()
second.start_channels()
second.wait_for_ready(timeout=PATIENCE)
second.execute("n = 99", reply=True, timeout=PATIENCE)
out["two front ends"] = front.value("n")
second.stop_channels()

front.run("let before = 1")
front.manager.restart_kernel()
client.wait_for_ready(timeout=PATIENCE)
out["restart"] = front.value("typeof before")
out["alive after restart"] = client.is_alive()
msg_id = client.execute("console.log('go'); for (;;);")
front.wait_for_stream("go")
process = front.manager.provisioner.process
front.close()
out["shut down while busy"] = process.poll()

from jupyter_client.session import Session  # noqa: E402

for name, options in {
    "ipc": {"transport": "ipc"},
    "sha512": {"session": Session(signature_scheme="hmac-sha512", key=b"secret")},
    "unsigned": {"session": Session(key=b"")},
    "encrypted": {"transport_encryption": "required"},
}.items():
    other = Front(**options)
    out[name] = other.value("1 + 1")
    other.close()

print(json.dumps(out))
