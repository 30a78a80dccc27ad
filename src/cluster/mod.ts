export { systemConfigDirs } from './config/load-config.ts'
