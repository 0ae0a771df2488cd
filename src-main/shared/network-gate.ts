import { AsyncLocalStorage } from 'node:async_hooks'
import dgram from 'node:dgram'
import net from 'node:net'
import { PosternError } from '../../src-preload/contract/errors'
import type { NetworkContact, NetworkRules, NetworkUse } from '../../src-preload/contract/network'

/** Said before a connection is made: which host, what for, and whose mailbox it is about. */
export interface Errand {
  readonly use: NetworkUse
  readonly host: string
  readonly mailboxId: number | null
}

/**
 * Hears of each connection, with the same object each time: when it begins or is refused, when it stands, once a second
 * while bytes flow, and when it ends.
 */
export type Watcher = (contact: Contact) => void
export interface Contact {
  readonly host: string
  readonly port: number
  readonly errand: Errand | null
  readonly expected: boolean
  address: string
  state: 'begun' | 'blocked' | 'open' | 'failed' | 'closed'
  /** Bytes on the wire so far, TLS included. */
  sent: number
  received: number
  failure: string | null
}

const current = new AsyncLocalStorage<Errand>()

/** Runs `work`; connections that it opens, libraries included, are for this errand. */
export function onErrand<T>(errand: Errand, work: () => T): T {
  return current.run(errand, work)
}

const sameHost = (a: string, b: string): boolean =>
  a
    .replace(/^\[|\]$/g, '')
    .toLowerCase()
    .replace(/\.$/, '') ===
  b
    .replace(/^\[|\]$/g, '')
    .toLowerCase()
    .replace(/\.$/, '')

/** Whether a host fits one of the patterns; `*.example.com` takes every name below example.com, not example.com itself. */
export function fitsHost(host: string, patterns: readonly string[]): boolean {
  const name = host.toLowerCase().replace(/\.$/, '')
  return patterns.some((pattern) =>
    pattern.startsWith('*.') ? name.endsWith(pattern.slice(1).toLowerCase()) : sameHost(name, pattern),
  )
}

/** Why a connection is refused by Postern itself; null when it may go. */
export function refusal(
  host: string,
  errand: Errand | null,
  rules: NetworkRules,
): 'unannounced' | 'other-host' | 'policy' | null {
  // A person's "show images" is the policy of remote content, not of mail hosts.
  if (rules.allowedHosts !== null && errand?.use !== 'remote-image' && !fitsHost(host, rules.allowedHosts))
    return 'policy'
  if (!rules.blockUnexpected) return null
  if (errand === null) return 'unannounced'
  return sameHost(host, errand.host) ? null : 'other-host'
}

let gate: { readonly rules: () => NetworkRules; readonly watch: Watcher } | null = null

/** Bytes of a question to a name server: header, name, type and class (RFC 1035, 4.1). */
const questionBytes = (name: string): number => 12 + name.length + 2 + 4

/**
 * Asks a name server about `name` under the same rules. Node asks it outside of its sockets, so the gate is passed here. The
 * question's bytes are counted; how long the answer was is not told, so it counts as nothing.
 * @throws PosternError `host-blocked` by the rules
 */
export async function lookUpName<T>(errand: Errand, servers: readonly string[], ask: () => Promise<T>): Promise<T> {
  if (gate === null) return await ask()
  const why = refusal(errand.host, errand, gate.rules())
  const contact: Contact = {
    host: errand.host,
    port: 53,
    errand,
    expected: why !== 'policy',
    address: servers[0] ?? '',
    state: why === null ? 'begun' : 'blocked',
    sent: 0,
    received: 0,
    failure: why === null ? null : 'host-blocked',
  }
  gate.watch(contact)
  if (why !== null) throw new PosternError('host-blocked', why, { host: errand.host, port: 53, reason: why })
  contact.sent = questionBytes(errand.host)
  try {
    const answer = await ask()
    contact.state = 'closed'
    return answer
  } catch (error) {
    contact.state = 'failed'
    contact.failure =
      error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code.slice(0, 60) : 'error'
    throw error
  } finally {
    gate.watch(contact)
  }
}

interface Target {
  host: string
  port: number
}

/**
 * Every TCP connection of Node, of `tls`, `http`, `fetch` and any library alike, goes through `Socket.connect`; so that
 * is where the gate stands, and nobody can forget to use it. What nobody announced is told and, by the rules, refused.
 * UDP is refused altogether. Names are resolved by the system (getaddrinfo), which opens no socket of ours.
 */
export function guardNetwork(rules: () => NetworkRules, watch: Watcher): void {
  gate = { rules, watch }
  const { connect } = net.Socket.prototype
  net.Socket.prototype.connect = function guarded(this: net.Socket, ...given: unknown[]): net.Socket {
    const target = targetOf(given)
    if (target !== null) {
      const errand = current.getStore() ?? null
      const why = refusal(target.host, errand, rules())
      const contact: Contact = {
        ...target,
        errand,
        expected: errand !== null && why !== 'policy' && sameHost(target.host, errand.host),
        address: '',
        state: why === null ? 'begun' : 'blocked',
        sent: 0,
        received: 0,
        failure: why === null ? null : 'host-blocked',
      }
      watch(contact)
      if (why !== null) {
        process.nextTick(() =>
          this.destroy(new PosternError('host-blocked', why, { host: target.host, port: target.port, reason: why })),
        )
        return this
      }
      follow(this, contact, watch)
    }
    Reflect.apply(connect, this, given)
    return this
  }
  for (const name of ['bind', 'connect', 'send'] as const) {
    Reflect.set(dgram.Socket.prototype, name, () => {
      throw new PosternError('host-blocked', 'no datagrams')
    })
  }
}

/** What was told of a connection; state null: nothing yet. */
export type Told = Pick<Contact, 'sent' | 'received'> & { readonly state: Contact['state'] | null }

/** A connection as the ledger takes it: what was added to it since `before` was told. */
export function sinceTold(contact: Contact, before: Told = { state: null, sent: 0, received: 0 }): NetworkContact {
  const now = (state: Contact['state']): number => Number(contact.state === state && before.state !== state)
  return {
    host: contact.host.slice(0, 260),
    port: contact.port,
    address: contact.address,
    use: contact.errand?.use ?? 'unknown',
    mailboxId: contact.errand?.mailboxId ?? null,
    at: Date.now(),
    begun: Number(before.state === null),
    blocked: now('blocked'),
    failed: now('failed'),
    sent: contact.sent - before.sent,
    received: contact.received - before.received,
    result: contact.failure,
    expected: contact.expected,
  }
}

/** For the processes that have no business on the network: any attempt is refused, and told as the ledger takes it. */
export function forbidNetwork(tell: (refused: NetworkContact) => void): void {
  guardNetwork(
    () => ({ blockUnexpected: true, allowedHosts: [] }),
    (contact) => tell(sinceTold(contact)),
  )
}

/** Where a call of `Socket.connect` leads; null for a socket of the file system, which stays on this machine. */
function targetOf(given: readonly unknown[]): Target | null {
  const first: unknown = Array.isArray(given[0]) ? given[0][0] : given[0]
  if (typeof first === 'object' && first !== null) {
    if (typeof Reflect.get(first, 'path') === 'string' && Reflect.get(first, 'port') === undefined) return null
    const host: unknown = Reflect.get(first, 'host')
    return {
      host: typeof host === 'string' && host !== '' ? host : 'localhost',
      port: Number(Reflect.get(first, 'port')) || 0,
    }
  }
  if (typeof first === 'string' && !/^\d+$/.test(first)) return null
  return { host: typeof given[1] === 'string' ? given[1] : 'localhost', port: Number(first) || 0 }
}

const tellMs = 1000

function follow(socket: net.Socket, contact: Contact, watch: Watcher): void {
  const measure = (): boolean => {
    const { sent, received } = wireBytes(socket)
    const more = sent > contact.sent || received > contact.received
    contact.sent = Math.max(contact.sent, sent)
    contact.received = Math.max(contact.received, received)
    return more
  }
  const tick = setInterval(() => {
    if (measure()) watch(contact)
  }, tellMs)
  tick.unref()
  socket.once('connect', () => {
    contact.address = socket.remoteAddress ?? ''
    contact.state = 'open'
    watch(contact)
  })
  socket.once('error', (error: Error) => {
    contact.failure = 'code' in error && typeof error.code === 'string' ? error.code.slice(0, 60) : 'error'
    if (contact.state === 'begun') contact.state = 'failed'
  })
  // The counters are gone once the handle is closed, so they are read just before.
  const destroy = socket._destroy.bind(socket)
  socket._destroy = (error, done) => {
    measure()
    destroy(error, done)
  }
  socket.once('close', () => {
    clearInterval(tick)
    if (contact.state !== 'failed') contact.state = 'closed'
    watch(contact)
  })
}

/** A TLS socket counts what was encrypted; what travelled is counted by the socket below it. */
function wireBytes(socket: net.Socket): { sent: number; received: number } {
  const handle: unknown = Reflect.get(socket, '_handle')
  const below: unknown = typeof handle === 'object' && handle !== null ? Reflect.get(handle, '_parent') : undefined
  const from: object = typeof below === 'object' && below !== null ? below : socket
  return { sent: Number(Reflect.get(from, 'bytesWritten')) || 0, received: Number(Reflect.get(from, 'bytesRead')) || 0 }
}
