import { types } from 'node:util'
import type { FunctionCodec } from '../serialize/mod.ts'
import { ClassTable } from './class-table.ts'
import { FunctionBuilder, type FunctionBuilderOptions } from './function-builder.ts'
import { FunctionDescriber } from './function-describer.ts'

/**
 * Functions on Node: their captured variables are read through the inspector, and they are
 * compiled again with `vm`. The inspector and the parser are loaded at the first function sent.
 */
export function inspectorFunctionCodec(options: FunctionBuilderOptions = {}): FunctionCodec {
  const classes = new ClassTable()
  const builder = new FunctionBuilder(classes, options)
  let describer: FunctionDescriber | undefined
  const loaded = (): FunctionDescriber => {
    describer ??= new FunctionDescriber(classes)
    return describer
  }
  return {
    describe: (fn) => loaded().describe(fn),
    describeObject: (value) => loaded().describeObject(value),
    classes,
    refuse: (value) => (types.isProxy(value) ? 'it is a Proxy' : undefined),
    build: (description) => builder.build(description),
  }
}
