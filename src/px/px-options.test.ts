import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pxDefaults, readCellOptions, readConfig, readGrouping } from './px-options.ts'

const read = (line: string) => readCellOptions('px', line, pxDefaults)

test('without options a cell waits, streams, and interrupts with SIGINT', () => {
  const { block, stream, verbose, signalOnInterrupt, progressAfterMs, targets } = read('')
  assert.deepEqual(
    { block, stream, verbose, signalOnInterrupt, progressAfterMs, targets },
    {
      block: true,
      stream: true,
      verbose: false,
      signalOnInterrupt: 'SIGINT',
      progressAfterMs: 2_000,
      targets: undefined,
    },
  )
})

test('the short forms are those of ipyparallel', () => {
  const { block, out, grouping, targets } = read('-a -o res -e -t 1')
  assert.deepEqual(
    { block, out, grouping, targets },
    { block: false, out: 'res', grouping: 'engine', targets: { kind: 'targets', targets: 1 } },
  )
  assert.equal(read('-r').grouping, 'order')
  assert.equal(read('-g type').grouping, 'type')
})

test('who asks for a grouping gets it, and not a stream', () => {
  assert.equal(read('-e').stream, false)
  assert.equal(read('-e --stream').stream, true)
})

test('what %pxconfig sets holds until a cell says otherwise', () => {
  const base = readConfig('pxconfig', '--noblock --verbose --progress-after -1', pxDefaults)
  assert.equal(readCellOptions('px', '', base).block, false)
  assert.equal(readCellOptions('px', '--block', base).block, true)
  assert.equal(base.progressAfterMs, -1_000)
})

test('signals are names or numbers, 0 is none', () => {
  assert.equal(read('--signal-on-interrupt sigterm').signalOnInterrupt, 'SIGTERM')
  assert.equal(read('--signal-on-interrupt 9').signalOnInterrupt, 9)
  assert.equal(read('--signal-on-interrupt 0').signalOnInterrupt, undefined)
})

test('what makes no sense is refused', () => {
  const wrong = ['--progress-after soon', '--signal-on-interrupt x', '-g by', '-o a-b', 'words']
  for (const line of wrong) assert.throws(() => read(line), { name: 'UsageError' }, line)
  assert.throws(() => readGrouping('pxresult', '-x'), { name: 'UsageError' })
})
