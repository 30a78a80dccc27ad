import { once } from 'node:events'
import { existsSync } from 'node:fs'
import * as nodeModule from 'node:module'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL, URL } from 'node:url'
import { MessageChannel } from 'node:worker_threads'
import { ArgumentError } from '../../base/mod.ts'
import { workingFolder } from '../../functions/mod.ts'
import { alternatives, loadTypeScript, versioned } from './module-hooks.ts'
import { ModuleVersions } from './module-versions.ts'

type Exports = Readonly<Record<string, unknown>>
type Next<C, R> = (value: string, context: C) => R

/** Hooks that run in the thread that imports; Node has them from 22.15 and 23.5 on. */
type RegisterHooks = (hooks: {
  resolve(
    specifier: string,
    context: nodeModule.ResolveHookContext,
    next: Next<nodeModule.ResolveHookContext, nodeModule.ResolveFnOutput>,
  ): nodeModule.ResolveFnOutput
  load(
    url: string,
    context: nodeModule.LoadHookContext,
    next: Next<nodeModule.LoadHookContext, nodeModule.LoadFnOutput>,
  ): nodeModule.LoadFnOutput
}) => unknown

/** Asks for a new version of a module; resolves to its address. */
type Reload = (url: string) => Promise<string>

/** What is required has a cache of its own: see `forgetRequired`. */
function isRequire({ conditions }: { readonly conditions?: readonly string[] }): boolean {
  return conditions?.includes('require') === true
}

function registerInThread(registerHooks: RegisterHooks): Reload {
  const versions = new ModuleVersions()
  registerHooks({
    resolve(specifier, context, next) {
      const { parentURL } = context
      if (isRequire(context)) return next(specifier, context)
      try {
        return versioned(versions, parentURL, next(specifier, context))
      } catch (error) {
        const [other] = alternatives(specifier, parentURL)
        if (other === undefined) throw error
        return versioned(versions, parentURL, next(other, context))
      }
    },
    load: (url, context, next) =>
      (isRequire(context) ? undefined : loadTypeScript(versions, url)) ?? next(url, context),
  })
  return async (url) => versions.reload(url)
}

function registerThread(): Reload {
  const { port1, port2 } = new MessageChannel()
  nodeModule.register(new URL('./module-hooks-thread.js', import.meta.url), {
    data: { port: port2 },
    transferList: [port2],
  })
  port1.unref()
  return async (url) => {
    port1.ref()
    try {
      port1.postMessage(url)
      const [current] = (await once(port1, 'message')) as [string]
      return current
    } finally {
      port1.unref()
    }
  }
}

/** One per process: what is registered cannot be taken back. */
let reloadVersion: Reload | undefined

/**
 * Makes TypeScript files importable, and modules of the user reloadable. On Node 20 that takes a
 * thread more: only those who import files of their own should have it.
 */
export function ensureModuleHooks(): Reload {
  const { registerHooks } = nodeModule as { registerHooks?: RegisterHooks }
  reloadVersion ??= registerHooks ? registerInThread(registerHooks) : registerThread()
  return reloadVersion
}

/** Whether code may import files of its own, rather than packages. */
export function mayImportFiles(source: string): boolean {
  if (!/\b(?:import|require|export)\b/.test(source)) return false
  return /['"`](?:\.{1,2}\/|\/|file:)|\bimport\s*\(\s*[^\s'"]/.test(source)
}

/** The file that a specifier means in a cell. @throws {ArgumentError} when there is none. */
export function locateModule(specifier: string): string {
  const folder = pathToFileURL(join(workingFolder(), 'cell')).href
  if (!/^(?:\.{1,2}\/|\/|file:)/.test(specifier)) {
    try {
      return pathToFileURL(nodeModule.createRequire(folder).resolve(specifier)).href
    } catch (cause) {
      throw new ArgumentError(`reload: '${specifier}' is no file and no package here`, { cause })
    }
  }
  const url = new URL(specifier, folder).href
  if (existsSync(fileURLToPath(url))) return url
  const [other] = alternatives(specifier, folder)
  if (other !== undefined) return new URL(other, folder).href
  throw new ArgumentError(`reload: there is no file ${fileURLToPath(url)}`)
}

/** What `require` has loaded from the file, and what that has loaded of the user's own. */
function forgetRequired(path: string): void {
  const { cache } = nodeModule.createRequire(import.meta.url)
  const module = cache[path]
  if (module === undefined) return
  delete cache[path]
  // What `import` has put there has no children.
  for (const child of module.children ?? []) {
    if (!child.filename.includes('node_modules')) forgetRequired(child.filename)
  }
}

/** Loads a module's file anew, with what it imports as far as that has changed. */
export async function reloadModule(url: string): Promise<Exports> {
  const reload = ensureModuleHooks()
  forgetRequired(fileURLToPath(url))
  const current = await reload(url)
  return url.endsWith('.json')
    ? ((await import(current, { with: { type: 'json' } })) as Exports)
    : ((await import(current)) as Exports)
}
