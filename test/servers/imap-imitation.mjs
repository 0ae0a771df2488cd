/**
 * An IMAP server of our own that imitates those which cannot be had here: Gmail and Microsoft 365 by their published
 * capability lists and quirks, and servers that are hostile or broken. Everything is in memory; TCP on loopback.
 */
import fs from 'node:fs'
import net from 'node:net'
import tls from 'node:tls'
import { MailState } from './imap-mail.mjs'
import { answer } from './imap-commands.mjs'

/** What each kind of server says it can do. */
export const capabilities = {
  gmail:
    'IMAP4rev1 UNSELECT IDLE NAMESPACE QUOTA ID XLIST CHILDREN X-GM-EXT-1 UIDPLUS ENABLE MOVE CONDSTORE ESEARCH LIST-EXTENDED LIST-STATUS LITERAL- SPECIAL-USE APPENDLIMIT=35651584 AUTH=XOAUTH2 AUTH=PLAIN SASL-IR',
  // Tenants that were given the broken IMAP4rev2 advertise it too.
  microsoft365:
    'IMAP4 IMAP4rev1 IMAP4rev2 AUTH=PLAIN AUTH=XOAUTH2 SASL-IR UIDPLUS MOVE ID UNSELECT CHILDREN IDLE NAMESPACE LITERAL+',
  condstore:
    'IMAP4rev1 UNSELECT IDLE NAMESPACE ID CHILDREN UIDPLUS ENABLE MOVE CONDSTORE SPECIAL-USE LITERAL+ AUTH=PLAIN',
  qresync:
    'IMAP4rev1 UNSELECT IDLE NAMESPACE ID CHILDREN UIDPLUS ENABLE MOVE CONDSTORE QRESYNC SPECIAL-USE LITERAL+ AUTH=PLAIN',
  /** The least that IMAP4rev1 asks for. */
  bare: 'IMAP4rev1 AUTH=PLAIN',
}

/**
 * @typedef {object} Session one connection
 * @property {number} id
 * @property {(text: string | Buffer) => void} send
 * @property {import('./imap-mail.mjs').Folder | null} folder
 * @property {Set<string>} enabled
 * @property {boolean} authenticated
 * @property {string | null} idleTag
 * @property {{ tag: string, mechanism: string } | null} proof an AUTHENTICATE that waits for its second line
 * @property {string[]} pending what the server owes before its next answer
 * @property {() => void} close
 *
 * @typedef {object} Command
 * @property {string} tag
 * @property {string} name upper case; "UID FETCH" and so on as one name
 * @property {string} args
 * @property {Buffer | null} literal
 *
 * @typedef {object} Options
 * @property {keyof typeof capabilities} kind
 * @property {string} [caps] instead of the kind's own
 * @property {number} [maxConnections] further ones are refused at login
 * @property {{ cert: string, key: string }} [tls] implicit TLS with these PEM files
 * @property {Buffer} [staple] what it says of its certificate to who asks (makeStaple)
 * @property {(command: Command, session: Session) => boolean | Promise<boolean>} [script] true: it has answered by itself
 */

/** @param {Options} options */
export async function startImitation({
  kind,
  caps = capabilities[kind],
  maxConnections = Infinity,
  script,
  tls: files,
  staple,
}) {
  const mail = new MailState(kind === 'gmail')
  /** @type {Map<Session, net.Socket>} */
  const sessions = new Map()
  const seen = { connections: 0, most: 0, logins: 0, commands: /** @type {string[]} */ ([]) }
  const world = {
    kind,
    caps,
    mail,
    sessions,
    seen,
    maxConnections,
    script,
    password: 'right-password',
    greeting: '* OK ready',
  }
  let nextId = 0

  const secrets = (/** @type {{ cert: string, key: string }} */ of) => ({
    cert: fs.readFileSync(of.cert),
    key: fs.readFileSync(of.key),
  })
  const onConnection = (/** @type {net.Socket} */ socket) => {
    socket.on('error', () => {})
    /** @type {Session} */
    const session = {
      id: ++nextId,
      folder: null,
      enabled: new Set(),
      authenticated: false,
      idleTag: null,
      proof: null,
      pending: [],
      send: (text) => void (socket.writable && socket.write(text)),
      close: () => socket.destroy(),
    }
    sessions.set(session, socket)
    seen.connections += 1
    seen.most = Math.max(seen.most, sessions.size)
    socket.on('close', () => sessions.delete(session))
    session.send(`${world.greeting}\r\n`)
    read(socket, session, world)
  }
  const server = files
    ? tls.createServer({ ...secrets(files), noDelay: true }, onConnection)
    : net.createServer({ noDelay: true }, onConnection)
  server.on('OCSPRequest', (_certificate, _issuer, done) => done(null, staple ?? null))
  mail.listeners.add((path, change) => {
    for (const session of sessions.keys()) {
      if (session.folder?.path !== path) continue
      const line =
        change.kind === 'exists'
          ? `* ${session.folder.entries.length} EXISTS\r\n`
          : change.kind === 'flags'
            ? flagsLine(session.folder, change.uid)
            : session.enabled.has('QRESYNC')
              ? `* VANISHED ${change.uid}\r\n`
              : `* ${change.seq} EXPUNGE\r\n`
      if (session.idleTag !== null) session.send(line)
      else session.pending.push(line)
    }
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)))
  return {
    host: '127.0.0.1',
    port: /** @type {net.AddressInfo} */ (server.address()).port,
    mail,
    seen,
    /** May be changed while it runs: password, greeting, maxConnections, script, caps. */
    world,
    open: () => sessions.size,
    /** From now on it shows another certificate, as another server would. */
    showCertificate: (/** @type {{ cert: string, key: string }} */ of) => {
      if (server instanceof tls.Server) server.setSecureContext(secrets(of))
    },
    /** Drops every connection, as a restart would. */
    dropAll: () => {
      for (const socket of sessions.values()) socket.destroy()
    },
    stop: async () => {
      for (const socket of sessions.values()) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function flagsLine(folder, uid) {
  const index = folder.entries.findIndex((entry) => entry.uid === uid)
  const entry = folder.entries[index]
  return entry ? `* ${index + 1} FETCH (UID ${uid} FLAGS (${[...entry.letter.flags].join(' ')}))\r\n` : ''
}

/** Reads commands with their literals, and answers one after another. */
function read(socket, session, world) {
  let buffer = Buffer.alloc(0)
  /** @type {{ line: string, literal: Buffer | null, wanted: number } | null} */
  let half = null
  let busy = Promise.resolve()
  socket.on('data', (chunk) => {
    buffer = Buffer.concat([buffer, chunk])
    for (;;) {
      if (half && half.wanted > 0) {
        if (buffer.length < half.wanted) return
        half.literal = Buffer.from(buffer.subarray(0, half.wanted))
        buffer = buffer.subarray(half.wanted)
        half.wanted = 0
      }
      const end = buffer.indexOf('\r\n')
      if (end === -1) return
      const text = buffer.toString('latin1', 0, end)
      buffer = buffer.subarray(end + 2)
      const line = half ? half.line + text : text
      const announced = /\{(\d+)(\+?)\}$/.exec(line)
      if (announced) {
        half = { line: line.slice(0, announced.index), literal: null, wanted: Number(announced[1]) }
        if (announced[2] === '') session.send('+ go on\r\n')
        continue
      }
      const literal = half?.literal ?? null
      half = null
      busy = busy
        .then(() => handle(line, literal, session, world))
        .catch((error) => {
          session.send(`* BAD imitation failed: ${String(error).replace(/\s+/g, ' ')}\r\n`)
        })
    }
  })
}

async function handle(line, literal, session, world) {
  if (session.idleTag !== null) {
    if (line.toUpperCase() === 'DONE') session.send(`${session.idleTag} OK idle done\r\n`)
    session.idleTag = null
    return
  }
  if (session.proof !== null) {
    const { mechanism, tag } = session.proof
    session.proof = null
    line = `${tag} AUTHENTICATE ${mechanism} ${line}`
  }
  const [, tag = '*', first = '', rest = ''] = /^(\S+) (\S+) ?(.*)$/s.exec(line) ?? []
  let name = first.toUpperCase()
  let args = rest
  if (name === 'UID') {
    const [, second = '', more = ''] = /^(\S+) ?(.*)$/s.exec(rest) ?? []
    name = `UID ${second.toUpperCase()}`
    args = more
  }
  const command = { tag, name, args, literal }
  world.seen.commands.push(`${name} ${name === 'LOGIN' || name === 'AUTHENTICATE' ? '' : args}`.trim())
  if (await world.script?.(command, session)) return
  await answer(command, session, world)
}
