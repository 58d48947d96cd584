/** Keeps one TLS connection to an address busy, a request every 100 ms, until it is ended; then says how it went. */
import { connect } from 'node:tls'

const [address = '', name = ''] = process.argv.slice(2)
let [answers, heard, trouble] = [0, '', '']
const socket = connect({
  host: address,
  port: 443,
  servername: name,
  rejectUnauthorized: false,
  ALPNProtocols: ['http/1.1'],
})
socket.on('secureConnect', () => {
  setInterval(() => socket.write(`GET / HTTP/1.1\r\nHost: ${name}\r\n\r\n`), 100)
})
socket.on('data', (part: Buffer) => {
  heard += part.toString()
  for (let at; (at = heard.indexOf('HTTP/1.1 200')) >= 0; heard = heard.slice(at + 12)) answers += 1
})
socket.on('error', error => (trouble = error.message)).on('close', () => (trouble ||= 'the connection ended'))
process.on('SIGTERM', () => {
  process.stdout.write(
    JSON.stringify({ answers, trouble, serial: socket.getPeerX509Certificate()?.serialNumber ?? '' }),
  )
  process.exit(0)
})
