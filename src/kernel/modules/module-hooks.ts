import { existsSync, readFileSync } from 'node:fs'
import type { LoadFnOutput, ResolveFnOutput } from 'node:module'
import { fileURLToPath, URL } from 'node:url'
import { type ModuleVersions, plainUrl } from './module-versions.ts'
import { isTypeScriptFile, type ModuleFormat, transformModule } from './transform-module.ts'

/**
 * What a specifier that leads nowhere may mean: TypeScript is imported under the name that it will
 * have as JavaScript, or without any extension.
 */
export function alternatives(specifier: string, parentUrl: string | undefined): string[] {
  if (!/^(?:\.{1,2}\/|\/|file:)/.test(specifier) || parentUrl === undefined) return []
  const names = /\.[cm]?js$/.test(specifier)
    ? [specifier.replace(/js$/, 'ts')]
    : [`${specifier}.ts`, `${specifier}/index.ts`]
  return names.filter((name) => {
    try {
      return existsSync(fileURLToPath(new URL(name, parentUrl)))
    } catch {
      return false
    }
  })
}

/** The resolution with the version that is current. */
export function versioned(
  versions: ModuleVersions,
  parentUrl: string | undefined,
  resolution: ResolveFnOutput,
): ResolveFnOutput {
  const url = versions.resolved(parentUrl, resolution.url)
  const path = plainUrl(url)
  // Node 20 would refuse the extension here already.
  const format = isTypeScriptFile(path) && path.startsWith('file:') ? formatOf(path) : undefined
  return { ...resolution, url, ...(format === undefined ? {} : { format }) }
}

function formatOf(url: string): ModuleFormat {
  return url.endsWith('.cts') ? 'commonjs' : 'module'
}

/** The source of a module of TypeScript; undefined for everything else, which Node can load. */
export function loadTypeScript(versions: ModuleVersions, url: string): LoadFnOutput | undefined {
  versions.loading(url)
  const plain = plainUrl(url)
  if (!plain.startsWith('file:') || !isTypeScriptFile(plain)) return undefined
  const path = fileURLToPath(plain)
  const format = formatOf(plain)
  const source = transformModule(readFileSync(path, 'utf8'), path, format)
  return { format, source, shortCircuit: true }
}
