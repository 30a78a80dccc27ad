/** Words of the language that begin something, of JavaScript and of TypeScript. */
export const keywords: readonly string[] = (
  'abstract as async await break case catch class const continue debugger declare default delete ' +
  'do else enum export extends false finally for from function if implements import in ' +
  'instanceof interface let new null of readonly return satisfies static super switch this throw ' +
  'true try type typeof undefined using var void while yield'
).split(' ')
