import { test } from 'node:test'
import { checkTaskStore } from '../testing/mod.ts'
import { MemoryTaskStore } from './mod.ts'

checkTaskStore(test, { name: 'memory', open: () => new MemoryTaskStore() })
