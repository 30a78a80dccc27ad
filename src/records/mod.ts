export { openSqliteTaskStore, type SqliteTaskStoreOptions } from './open-sqlite-task-store.ts'
