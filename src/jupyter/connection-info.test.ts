import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import {
  connectionFileText,
  endpointOf,
  reachableInterface,
  readClientInfo,
  readEngineInfo,
} from './mod.ts'

const folder = new URL('../../test/fixtures/connection-files/', import.meta.url)
const load = (name: string) => readFileSync(new URL(name, folder), 'utf8')
const here = {
  hostname: 'lab-1',
  addresses: ['127.0.0.1', '10.0.0.1'],
  resolve: async (name: string) =>
    ({ 'lab-2': ['10.0.0.2'], alias: ['10.0.0.1'], six: ['fe80::2'] })[name] ?? [],
}

for (const name of readdirSync(folder)) {
  const read = name.includes('-engine') ? readEngineInfo : readClientInfo
  test(`${name}, written by Python, is read and written with the same keys in the same order`, () => {
    const original = load(name)
    const again = connectionFileText(read(original))
    assert.deepEqual(JSON.parse(again), JSON.parse(original))
    assert.deepEqual(Object.keys(JSON.parse(again)), Object.keys(JSON.parse(original)))
  })
}

const client = () => JSON.parse(load('ipcontroller-client.7.1.json'))
const cases: [string, (info: Record<string, unknown>) => void, RegExp][] = [
  ['without a key', (info) => delete info['key'], /'key' is missing/],
  ['with a port of 0', (info) => (info['mux'] = 0), /'mux' is 0, not a port/],
  ['with a port as text', (info) => (info['task'] = '1'), /'task' is "1", expected an integer/],
  ['packed with pickle', (info) => (info['pack'] = 'pickle'), /'pickle'.*'json' only/],
  ['with an interface of another scheme', (info) => (info['interface'] = 'udp://x'), /udp:\/\/x/],
]
for (const [title, change, message] of cases) {
  test(`a client file ${title} is refused and the error says so`, () => {
    const info = client()
    change(info)
    assert.throws(() => readClientInfo(JSON.stringify(info)), message)
  })
}

test('a file that is cut short is refused as such, an empty one too', () => {
  assert.throws(() => readClientInfo('{"key": "ab'), /not valid JSON \(cut short\?\)/)
  assert.throws(() => readEngineInfo(' '), /is empty/)
})

test('a file that an editor on Windows has marked as UTF-8 is read like any other', () => {
  const text = load('ipcontroller-client.7.1.json')
  assert.deepEqual(readClientInfo(`\uFEFF${text}`), readClientInfo(text))
})

test('the file of the other role is recognised', () => {
  assert.throws(() => readEngineInfo(load('ipcontroller-client.7.1.json')), /ipcontroller-engine/)
  assert.throws(() => readClientInfo(load('ipcontroller-engine.7.1.json')), /ipcontroller-client/)
})

const places: [string, string, string][] = [
  ['tcp://10.9.9.9', 'lab-2', 'tcp://10.9.9.9'],
  ['tcp://*', '', 'tcp://127.0.0.1'],
  ['tcp://*', 'lab-1', 'tcp://127.0.0.1'],
  ['tcp://0.0.0.0', 'alias', 'tcp://127.0.0.1'],
  ['tcp://*', 'lab-2', 'tcp://10.0.0.2'],
  ['tcp://*', '10.0.0.3', 'tcp://10.0.0.3'],
  ['tcp://*', 'six', 'tcp://[fe80::2]'],
  ['ipc:///tmp/x', 'lab-2', 'ipc:///tmp/x'],
]
for (const [address, location, expected] of places) {
  test(`${address} with location '${location}' is reached at ${expected}`, async () => {
    assert.equal(await reachableInterface({ interface: address, location }, here), expected)
  })
}

test('ipc endpoints number their sockets with a dash', () => {
  assert.equal(endpointOf('tcp://h', 5), 'tcp://h:5')
  assert.equal(endpointOf('ipc://p', 5), 'ipc://p-5')
})

test("the controller's CURVE key is read; an empty one is none, and half of one is refused", () => {
  const read = (key: unknown): string | null => {
    const name = '../../test/fixtures/connection-files/ipcontroller-client.curve-example.json'
    const info = JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8'))
    return readClientInfo(JSON.stringify({ ...info, curve_serverkey: key })).curve_serverkey
  }
  const key = 't!S=w.ZOLe!%g<f23$dn6y3iGT*S/Vi6B7@D-dr1'
  assert.equal(read(key), key)
  assert.equal(read(''), null)
  assert.equal(read(null), null)
  assert.throws(() => read(key.slice(20)), /'curve_serverkey' has 20 characters/)
})
