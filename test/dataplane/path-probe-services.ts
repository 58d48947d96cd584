/** Run inside a namespace by path-probe-inside.ts: services that are well, and others, each on a port of its own. */
import { createServer as createHttp } from 'node:http'
import { createServer } from 'node:net'
import { createServer as createTls } from 'node:https'
import { certificateFor } from '../certificate-maker.ts'

const page = 'x'.repeat(20_000)
const { chain: cert, key } = certificateFor({ names: ['shop.example', 'www.shop.example'] })

const servers = [
  createHttp((request, response) => {
    if (request.url === '/fails') response.writeHead(500).end('no')
    else if (request.url === '/late') setTimeout(() => response.end('at last'), 700)
    else if (request.url === '/never') return
    else if (request.url === '/cut') response.write('some', () => setTimeout(() => response.destroy(), 50))
    else response.end(page)
  }).listen(80),
  createTls({ cert, key }, (_, response) => response.end('secret')).listen(443),
  createServer(socket => socket.on('error', () => {}).end('SSH-2.0-none\r\n')).listen(22),
  createServer(socket => socket.on('error', () => {}).on('data', () => socket.resetAndDestroy())).listen(23),
]
await Promise.all(servers.map(server => new Promise(resolve => server.on('listening', resolve))))
process.stdout.write('ready\n')
