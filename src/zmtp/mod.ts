export { type Endpoint, parseEndpoint } from './endpoint.ts'
