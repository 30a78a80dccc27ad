import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ArgumentError } from '../base/mod.ts'
import { parseEndpoint } from './endpoint.ts'

test('a tcp endpoint has a host and a port', () => {
  assert.deepEqual(parseEndpoint('tcp://127.0.0.1:5555'), {
    scheme: 'tcp',
    address: '127.0.0.1:5555',
    host: '127.0.0.1',
    port: 5555,
  })
})

test('the host of an IPv6 endpoint loses its brackets', () => {
  assert.equal(parseEndpoint('tcp://[::1]:80').host, '::1')
})

test('a star for the port means any', () => {
  assert.equal(parseEndpoint('tcp://*:*').port, 0)
})

test('a path or a name is taken as it is', () => {
  assert.equal(parseEndpoint('ipc:///tmp/a:b').address, '/tmp/a:b')
  assert.equal(parseEndpoint('inproc://x').address, 'x')
})

for (const wrong of [
  '',
  'tcp',
  'tcp://',
  '127.0.0.1:80',
  'tcp://host',
  'tcp://h:65536',
  'tcp://h:x',
]) {
  test(`'${wrong}' is not an endpoint`, () => {
    assert.throws(() => parseEndpoint(wrong), ArgumentError)
  })
}
