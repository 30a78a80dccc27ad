import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type KernelConnection,
  kernelConnectionText,
  kernelEndpoint,
  readKernelConnection,
} from './mod.ts'

const connection: KernelConnection = {
  transport: 'tcp',
  ip: '127.0.0.1',
  ports: { shell: 1, iopub: 2, stdin: 3, control: 4, hb: 5 },
  key: 'k',
  signatureScheme: 'hmac-sha256',
  kernelName: 'python3',
}

test('a connection file is read as it was written', () => {
  assert.deepEqual(readKernelConnection(kernelConnectionText(connection)), connection)
})

test("a file of ipykernel's is read", () => {
  const text = `{"shell_port": 57503, "iopub_port": 40885, "stdin_port": 52597, "hb_port": 42540,
    "control_port": 50160, "ip": "127.0.0.1", "key": "a0436f6c", "transport": "tcp",
    "signature_scheme": "hmac-sha256", "kernel_name": "", "jupyter_session": "/x.ipynb"}`
  assert.equal(kernelEndpoint(readKernelConnection(text), 'control'), 'tcp://127.0.0.1:50160')
})

test('endpoints of IPv6 have brackets, those of ipc a dash', () => {
  assert.equal(kernelEndpoint({ ...connection, ip: '::1' }, 'hb'), 'tcp://[::1]:5')
  const ipc = { ...connection, transport: 'ipc', ip: '/tmp/k' } as const
  assert.equal(kernelEndpoint(ipc, 'iopub'), 'ipc:///tmp/k-2')
})

test('a file that is not one of a kernel says what is wrong', () => {
  const changed = (change: object) =>
    JSON.stringify({ ...JSON.parse(kernelConnectionText(connection)), ...change })
  const refuses = (text: string, pattern: RegExp) =>
    assert.throws(() => readKernelConnection(text), pattern)
  refuses('{"shell', /cut short/)
  refuses('[]', /no JSON object/)
  refuses(changed({ registration: 7 }), /of a cluster, not of a kernel/)
  refuses(changed({ hb_port: 0 }), /'hb_port' is 0/)
  refuses(changed({ shell_port: undefined }), /'shell_port' is missing/)
  refuses(changed({ transport: 'udp' }), /"udp", expected tcp or ipc/)
})
