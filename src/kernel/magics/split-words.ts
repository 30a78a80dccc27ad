/**
 * Words of a line, as a shell has them: quotes keep spaces in a word. Within double quotes, and
 * outside of any, a backslash keeps the character after it, where that is a quote, a space or
 * another backslash: elsewhere it stands for itself, as in the paths of Windows.
 */
export function splitWords(line: string): string[] {
  const words: string[] = []
  let word: string | undefined
  let quote = ''
  for (let i = 0; i < line.length; i++) {
    const char = line[i]!
    if (quote !== "'" && char === '\\' && /["'\\ ]/.test(line[i + 1] ?? '')) {
      word = (word ?? '') + line[++i]!
    } else if (quote !== '') {
      if (char === quote) quote = ''
      else word += char
    } else if (char === '"' || char === "'") {
      quote = char
      word ??= ''
    } else if (/\s/.test(char)) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else word = (word ?? '') + char
  }
  if (word !== undefined) words.push(word)
  return words
}
