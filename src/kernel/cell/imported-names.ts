import type { ExportAllDeclaration, ExportNamedDeclaration, ImportDeclaration } from 'acorn'

/** What is imported (`*` is all of it), and the name that it gets. */
export type ImportedName = readonly [imported: string, local: string]

type ModuleName = { type: 'Identifier'; name: string } | { type: 'Literal'; value?: unknown }

function nameOf(node: ModuleName): string {
  return node.type === 'Identifier' ? node.name : String(node.value)
}

/** The names that an import declares. */
export function importedNames(statement: ImportDeclaration): ImportedName[] {
  return statement.specifiers.map((specifier) => [importedName(specifier), specifier.local.name])
}

function importedName(specifier: ImportDeclaration['specifiers'][number]): string {
  switch (specifier.type) {
    case 'ImportDefaultSpecifier':
      return 'default'
    case 'ImportNamespaceSpecifier':
      return '*'
    case 'ImportSpecifier':
      return nameOf(specifier.imported)
  }
}

/** `export { a } from 'm'` has nobody to export to, but says that `a` is wanted. */
export function reexportedNames(
  statement: ExportNamedDeclaration | ExportAllDeclaration,
): ImportedName[] {
  if (statement.type === 'ExportAllDeclaration') {
    return statement.exported ? [['*', nameOf(statement.exported)]] : []
  }
  return statement.specifiers.map(({ local, exported }) => [nameOf(local), nameOf(exported)])
}
