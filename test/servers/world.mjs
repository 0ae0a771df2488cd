/**
 * The rest of the internet, as the end-to-end test of quietness sees it: answers every name with one public address and
 * every request for a picture, and writes down who asked for what, a line of JSON each. Runs in a network namespace of its own.
 *
 * node world.mjs ADDRESS LOGFILE LOOPBACK_PORT
 */
import dgram from 'node:dgram'
import fs from 'node:fs'
import http from 'node:http'

const [address = '', logFile = '', loopbackPort = ''] = process.argv.slice(2)
const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)
const note = (/** @type {object} */ what) => fs.appendFileSync(logFile, `${JSON.stringify(what)}\n`)

const dns = dgram.createSocket('udp4')
dns.on('message', (query, from) => {
  const labels = []
  let at = 12
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length))
    at += length + 1
  }
  const type = query.readUInt16BE(at + 1)
  note({ name: labels.join('.') })
  const answers =
    type === 1
      ? Buffer.from([0xc0, 0x0c, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, ...address.split('.').map(Number)])
      : Buffer.alloc(0)
  const head = Buffer.from(query.subarray(0, 12))
  head.writeUInt16BE(0x8180, 2)
  head.writeUInt16BE(answers.length > 0 ? 1 : 0, 6)
  head.writeUInt32BE(0, 8)
  dns.send(Buffer.concat([head, query.subarray(12, at + 5), answers]), from.port, from.address)
})
dns.bind(53, '0.0.0.0')

const web = http.createServer((request, response) => {
  note({ host: request.headers.host, path: request.url, method: request.method, headers: request.headers })
  const to = {
    '/to-loopback': `http://127.0.0.1:${loopbackPort}/redirected`,
    '/to-metadata': 'http://169.254.169.254/latest/meta-data',
    '/to-file': 'file:///etc/passwd',
  }[request.url ?? '']
  if (to) response.writeHead(302, { location: to }).end()
  else response.writeHead(200, { 'content-type': 'image/png', 'set-cookie': 'seen=1' }).end(png)
})
web.listen(80, '0.0.0.0', () => note({ up: true }))
