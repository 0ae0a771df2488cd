/**
 * A very small SMTP server in this process, for the demo on machines where a private Postfix cannot run (it wants root).
 * It speaks just enough for a client that sends: EHLO, AUTH (anything is right), MAIL, RCPT, DATA, BDAT, RSET,
 * NOOP, QUIT.
 */
import fs from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { deliveryMethods } from './deliveries.mjs'
import { seedMaildir } from './maildir.mjs'
import { tempFolder } from './process.mjs'

/** @typedef {{ host: string, port: number, breakNext: () => void, stop: () => Promise<void> } & import('./deliveries.mjs').DeliveryMethods} SmtpSink */

/**
 * @param {{ port?: number, deliverTo?: Record<string, string>, chunking?: boolean }} [options] deliverTo as in startPostfix;
 *   chunking false: offers no BDAT
 * @returns {Promise<SmtpSink>}
 */
export async function startSmtpSink({ port = 0, deliverTo = {}, chunking = true } = {}) {
  const folder = tempFolder('smtp-sink')
  const maildirs = new Map(Object.entries(deliverTo).map(([address, maildir]) => [address.toLowerCase(), maildir]))
  let count = 0
  let breaking = false
  /** The message's name in the queue; null where the connection is to break instead of saying it. */
  const keep = (sender, recipients, raw) => {
    count += 1
    const id = `${Date.now()}.${String(count).padStart(6, '0')}`
    fs.writeFileSync(path.join(folder, `${id}.eml`), raw)
    fs.writeFileSync(path.join(folder, `${id}.envelope`), [sender || '<>', ...recipients].join('\n'))
    for (const recipient of recipients) {
      const maildir = maildirs.get(recipient.toLowerCase())
      if (maildir) seedMaildir(maildir, [{ raw }])
    }
    if (!breaking) return id
    breaking = false
    return null
  }
  const sockets = new Set()
  const server = net.createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => {})
    talk(socket, keep, chunking)
  })
  await new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve(undefined))
  })
  server.unref()
  return {
    host: '127.0.0.1',
    port: /** @type {net.AddressInfo} */ (server.address()).port,
    ...deliveryMethods(folder),
    /** The next message is taken, and the connection breaks before the answer. */
    breakNext: () => {
      breaking = true
    },
    stop: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
      fs.rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** One client's session. */
function talk(socket, keep, chunking) {
  let sender = ''
  let recipients = /** @type {string[]} */ ([])
  let inData = false
  /** Bytes of a chunk that are still to come, and whether it is the last one. */
  let chunk = /** @type {{ left: number, last: boolean } | null} */ (null)
  let authLines = 0
  let buffered = Buffer.alloc(0)
  let message = /** @type {Buffer[]} */ ([])
  const say = (/** @type {string} */ line) => socket.write(`${line}\r\n`)
  const reset = () => {
    ;[sender, recipients, message] = ['', [], []]
  }
  const queue = () => {
    const text = Buffer.concat(message).toString('latin1').replaceAll('\r\n', '\n')
    const id = keep(sender, recipients, Buffer.from(text, 'latin1'))
    if (id === null) socket.destroy()
    else say(`250 Ok: queued as ${id}`)
    reset()
  }
  // Any password is right; "334" with nothing asks for the next line.
  const askForAuth = () => say(authLines > 0 ? '334 ' : '235 Welcome')

  const answers = {
    EHLO: () =>
      say(`250-localhost\r\n250-AUTH PLAIN LOGIN\r\n250-8BITMIME\r\n${chunking ? '250-CHUNKING\r\n' : ''}250 SMTPUTF8`),
    HELO: () => say('250 localhost'),
    AUTH: (rest) => {
      const [method = '', initial] = rest.split(' ')
      // LOGIN wants two lines, name and password; PLAIN one. The first may come along with the command.
      authLines = (method.toUpperCase() === 'LOGIN' ? 2 : 1) - (initial ? 1 : 0)
      askForAuth()
    },
    MAIL: (rest) => {
      reset()
      sender = /<([^>]*)>/.exec(rest)?.[1] ?? ''
      say('250 Ok')
    },
    RCPT: (rest) => {
      recipients.push(/<([^>]*)>/.exec(rest)?.[1] ?? '')
      say('250 Ok')
    },
    DATA: () => {
      if (recipients.length === 0) return say('503 Recipients first')
      inData = true
      return say('354 Go on')
    },
    BDAT: (rest) => {
      if (!chunking) return say('502 Not here')
      const [size = '', last = ''] = rest.split(' ')
      chunk = { left: Number(size), last: last.toUpperCase() === 'LAST' }
    },
    RSET: () => {
      reset()
      say('250 Ok')
    },
    NOOP: () => say('250 Ok'),
    QUIT: () => {
      say('221 Bye')
      socket.end()
    },
  }
  const line = (/** @type {Buffer} */ bytes) => {
    if (inData) {
      if (bytes.length === 1 && bytes[0] === 46) {
        inData = false
        queue()
      } else {
        message.push(bytes[0] === 46 ? bytes.subarray(1) : bytes, Buffer.from('\n'))
      }
      return
    }
    const text = bytes.toString()
    if (authLines > 0) {
      authLines -= 1
      askForAuth()
      return
    }
    const [word = '', ...rest] = text.split(' ')
    const answer = answers[/** @type {keyof typeof answers} */ (word.toUpperCase())]
    if (answer) answer(rest.join(' '))
    else say('502 Not here')
  }

  say('220 localhost ESMTP')
  socket.on('data', (/** @type {Buffer} */ piece) => {
    buffered = Buffer.concat([buffered, piece])
    let start = 0
    for (;;) {
      if (chunk !== null) {
        const part = buffered.subarray(start, start + chunk.left)
        message.push(part)
        start += part.length
        chunk.left -= part.length
        if (chunk.left > 0) break
        if (chunk.last) queue()
        else say('250 Ok, I have it')
        chunk = null
        continue
      }
      const end = buffered.indexOf(10, start)
      if (end === -1) break
      line(buffered.subarray(start, buffered[end - 1] === 13 ? end - 1 : end))
      start = end + 1
    }
    buffered = buffered.subarray(start)
  })
}
