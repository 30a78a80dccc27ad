import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  kernelEndpoint,
  kernelFileText,
  kernelInfoReply,
  readKernelInfo,
  withPorts,
} from './mod.ts'

const written = {
  transport: 'tcp',
  ip: '127.0.0.1',
  shell_port: 1,
  iopub_port: 2,
  stdin_port: 3,
  control_port: 4,
  hb_port: 5,
  key: 'secret',
  signature_scheme: 'hmac-sha512',
  kernel_name: 'iparallel',
} as const

test('a kernel’s connection file is read as it was written', () => {
  assert.deepEqual(readKernelInfo(kernelFileText(written)), written)
})

test('what the file leaves out has Jupyter’s default', () => {
  const info = readKernelInfo('{}')
  assert.equal(info.transport, 'tcp')
  assert.equal(info.ip, '127.0.0.1')
  assert.equal(info.shell_port, 0)
  assert.equal(info.key, '')
  assert.equal(info.signature_scheme, 'hmac-sha256')
})

test('a file that is not a kernel’s says what it is', () => {
  assert.throws(() => readKernelInfo('{ "registration": 1 }'), /that of a cluster|of a cluster/)
  assert.throws(() => readKernelInfo('{ "transport": "udp" }'), /'udp', expected 'tcp' or 'ipc'/)
  assert.throws(() => readKernelInfo('{ "shell_port": 70000 }'), /'shell_port' is 70000/)
  assert.throws(() => readKernelInfo('{'), /not valid JSON/)
  assert.throws(() => readKernelInfo('[]'), /no JSON object/)
})

test('half a key pair is refused, rather than nothing encrypted', () => {
  assert.throws(() => readKernelInfo('{ "curve_publickey": "x" }'), /'curve_secretkey' is missing/)
  const keys = { curve_publickey: 'p', curve_secretkey: 's' }
  assert.deepEqual(readKernelInfo(JSON.stringify({ ...written, ...keys })), { ...written, ...keys })
})

test('ports are ends of addresses, and of paths with ipc', () => {
  assert.equal(kernelEndpoint(written, 'hb'), 'tcp://127.0.0.1:5')
  assert.equal(kernelEndpoint({ ...written, ip: '::1' }, 'shell'), 'tcp://[::1]:1')
  const ipc = { ...written, transport: 'ipc', ip: '/run/k-ipc' } as const
  assert.equal(kernelEndpoint(ipc, 'control'), 'ipc:///run/k-ipc-4')
  const taken = withPorts(written, new Map([['shell', 99]]))
  assert.deepEqual(taken, { ...written, shell_port: 99 })
})

test('what a kernel says of itself is read, of older protocols, too', () => {
  const info = {
    protocolVersion: '5.4',
    implementation: 'iparallel',
    implementationVersion: '1',
    language: {
      name: 'typescript',
      version: '20',
      mimetype: 'application/typescript',
      fileExtension: '.ts',
      pygmentsLexer: 'typescript',
      codemirrorMode: 'typescript',
    },
    banner: 'hello',
    helpLinks: [{ text: 'a', url: 'b' }],
    supportedFeatures: ['debugger'],
  }
  assert.deepEqual(kernelInfoReply.decode(kernelInfoReply.encode(info)), info)
  const old = kernelInfoReply.decode({ protocol_version: '5.0', debugger: true })
  assert.deepEqual(old.supportedFeatures, ['debugger'])
  assert.equal(old.language.mimetype, 'text/plain')
})
