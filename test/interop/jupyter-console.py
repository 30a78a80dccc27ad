"""Works with `jupyter console` in a terminal, as a person does; prints what it saw, as JSON."""

import json
import sys

import pexpect

PATIENCE = 60

console = pexpect.spawn(
    sys.executable,
    ["-m", "jupyter_console", "--kernel=iparallel", "--simple-prompt"],
    encoding="utf-8",
    timeout=PATIENCE,
)
seen = {}


def prompt(number):
    """Waits for a prompt; gives the lines since the one before, without what was typed."""
    console.expect(rf"In \[{number}\]: ")
    return console.before.strip().split("\r\n")[1:]


seen["banner"] = any("iparallel" in line for line in prompt(1))
# Jupyter's console takes the end of any request of its own, here that for the kernel's name, for the
# end of the cell, and then shows what the cell has shown by the time its reply comes, or else with
# the next cell. A blank takes in what is there.
console.sendline(" ")
prompt(1)
console.sendline("console.log('said'); [1, 2].map((x) => x * 2)")
seen["output and result"] = prompt(2)
console.sendline("null.nothing")
seen["error"] = prompt(3)
console.sendline("console.log('go' + 'ing'); for (;;);")
console.expect("going")
console.sendintr()
# The request to interrupt has ended, too.
seen["interrupted"] = False
for _ in range(PATIENCE):
    console.sendline(" ")
    if console.expect(["KeyboardInterrupt", pexpect.TIMEOUT], timeout=1) == 0:
        seen["interrupted"] = True
        break
prompt(4)
console.sendline("1 + 1")
seen["goes on"] = prompt(5)
console.sendline("'Hello ' + (await input('Your name' + '? '))")
console.expect(r"Your name\? ")
console.sendline("Ann")
seen["input"] = prompt(6)
console.sendline("process.exit()")
console.expect(pexpect.EOF)
console.close()
seen["exit"] = console.exitstatus
print(json.dumps(seen))
