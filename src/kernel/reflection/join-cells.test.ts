import assert from 'node:assert/strict'
import { test } from 'node:test'
import { joinCells } from './join-cells.ts'

test('a later cell hides the names of an earlier one, as a block does', () => {
  const { text, offset } = joinCells(['const a = 1', "const a = 'x'"], 'a.')
  assert.equal(text, "export {};\n\n{\nconst a = 1\n{\nconst a = 'x'\n{\na.\n}\n}\n}\n")
  assert.equal(text.slice(offset, offset + 2), 'a.')
})

test('imports of earlier cells stand at the top, exports are declarations', () => {
  const { text } = joinCells(["import { x } from 'm'\nexport const y = x"], 'y')
  assert.match(text, /^export \{\};\nimport \{ x \} from 'm'\n\{\n\nconst y = x\n/)
})

test('magics are blank, and everything stays where it was', () => {
  const cell = '%time f()\nconst b = 1\n!ls'
  const { text, offset } = joinCells(['%%bash\nls', cell], `${cell}\nb.`)
  assert.doesNotMatch(text, /%|!|ls/)
  assert.equal(text.slice(offset + cell.length + 1, offset + cell.length + 3), 'b.')
})

test('a cell that imports stands alone, with the imports of the others', () => {
  const code = "import { b } from 'b'\nb."
  const { text, offset } = joinCells(["import { a } from 'a'", 'const c = 1'], code)
  assert.equal(text, `export {};\nimport { a } from 'a'\n${code}`)
  assert.equal(text.slice(offset), code)
})
