import { apiClient, type Client, type ClientOptions } from './api-client.ts'
import { httpTransport, type Where } from './http-transport.ts'

/** A client of the server at an address or a unix socket, for programs that run on Node. */
export function causewayClient(options: Where & ClientOptions): Client {
  return apiClient(httpTransport(options), options)
}
