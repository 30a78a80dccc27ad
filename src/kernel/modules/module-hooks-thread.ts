/** The hooks of Node 20, which have a thread of their own: see `module.register`. */
import type { InitializeHook, LoadHook, ResolveHook } from 'node:module'
import type { MessagePort } from 'node:worker_threads'
import { alternatives, loadTypeScript, versioned } from './module-hooks.ts'
import { ModuleVersions } from './module-versions.ts'

const versions = new ModuleVersions()

export const initialize: InitializeHook<{ port: MessagePort }> = ({ port }) => {
  port.on('message', (url: string) => port.postMessage(versions.reload(url)))
  port.unref()
}

export const resolve: ResolveHook = async (specifier, context, next) => {
  const { parentURL } = context
  try {
    return versioned(versions, parentURL, await next(specifier, context))
  } catch (error) {
    const [other] = alternatives(specifier, parentURL)
    if (other === undefined) throw error
    return versioned(versions, parentURL, await next(other, context))
  }
}

export const load: LoadHook = async (url, context, next) =>
  loadTypeScript(versions, url) ?? next(url, context)
