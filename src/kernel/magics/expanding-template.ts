/**
 * JavaScript for a text in which `${expression}` stands for a value, as in a template. A name that
 * does not exist stays as it is: it may mean something to a shell.
 */
export function expandingTemplate(text: string): string {
  let code = ''
  let at = 0
  while (at < text.length) {
    const start = text.indexOf('${', at)
    const end = start < 0 ? -1 : closingBrace(text, start + 2)
    if (end < 0) break
    const expression = text.slice(start + 2, end)
    code += escaped(text.slice(at, start))
    const isName = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(expression)
    code += isName
      ? `\${typeof ${expression}==="undefined"?${JSON.stringify(text.slice(start, end + 1))}:${expression}}`
      : isExpression(expression)
        ? `\${${expression}}`
        : escaped(text.slice(start, end + 1))
    at = end + 1
  }
  return `\`${code}${escaped(text.slice(at))}\``
}

/** `${HOME:-x}` and `${#list}` are the shell's. */
function isExpression(text: string): boolean {
  return text.trim() !== '' && !/^[#!]|^\w+(?::?[-=?+]|[#%^,/@])/.test(text)
}

function escaped(text: string): string {
  return text.replace(/[\\`]|\$\{/g, (found) => `\\${found}`)
}

function closingBrace(text: string, from: number): number {
  let depth = 1
  for (let i = from; i < text.length; i++) {
    if (text[i] === '{') depth++
    else if (text[i] === '}' && --depth === 0) return i
  }
  return -1
}
