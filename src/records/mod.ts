export { openSqliteTaskStore, type SqliteTaskStoreOptions } from './open-sqlite-task-store.ts'
export { SqliteTaskStore } from './sqlite-task-store.ts'
