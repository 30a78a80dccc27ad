import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pythonWithJupyter } from '../pythons.ts'
import { runWithKernel } from './installed-kernel.ts'

const { path: python } = pythonWithJupyter
/** The script works in a terminal, which Windows has in another form. */
const skip = process.platform === 'win32' ? 'no pseudo-terminals here' : pythonWithJupyter.skip

test('a person works with jupyter console on the kernel', { skip }, () => {
  assert.deepEqual(runWithKernel(python!, 'jupyter-console.py'), {
    banner: true,
    'output and result': ['said', 'Out[1]: [ 2, 4 ]'],
    error: ["TypeError: Cannot read properties of null (reading 'nothing')", '    at cell 2:1:6'],
    interrupted: true,
    'goes on': ['Out[4]: 2'],
    input: ["Out[5]: 'Hello Ann'"],
    exit: 0,
  })
})
