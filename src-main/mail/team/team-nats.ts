import { createHash } from 'node:crypto'
import {
  DiscardPolicy,
  jetstream,
  jetstreamManager,
  JetStreamApiError,
  RetentionPolicy,
  StorageType,
  type JetStreamClient,
  type JetStreamManager,
} from '@nats-io/jetstream'
import { connect, headers, nanos, type NatsConnection } from '@nats-io/transport-node'
import { PosternError } from '../../../src-preload/contract/errors'
import type { NatsServer } from '../../../src-preload/contract/team-link'
import { errorField, networkError, type Endpoint } from '../network-error'
import { withDeadline } from '../sync/backoff'
import { refusePlaintext } from '../sync/server-rules'
import type { LogCarrier } from './team-carrier'

/** "The last message of this subject is not the one that you name": somebody was there first. */
const wrongLastSequence = 10_071
const inFlight = 64
const quietMs = 10_000
/** A list of very many messages takes a while. */
const listMs = 60_000

/**
 * The team's messages in a JetStream stream of a NATS server that the team runs itself. It sees ciphertext only. `postern.log` is for
 * messages, `postern.summary` for what a new console reads first, `postern.claim.KEY` for claims, which the server gives to whoever publishes first. Teams that share a server
 * have accounts of their own there, and so streams of their own.
 */
export class NatsCarrier implements LogCarrier {
  private constructor(
    private readonly connection: NatsConnection,
    private readonly js: JetStreamClient,
    private readonly manager: JetStreamManager,
    private readonly stream: string,
    private readonly subject: string,
    readonly generation: string,
    private readonly at: Endpoint,
  ) {}

  /** @throws PosternError what keeps it from carrying a team; `plaintext-refused`: without TLS only on this computer (R28) */
  static async open({ url, token }: Pick<NatsServer, 'url' | 'token'>, name = 'postern'): Promise<NatsCarrier> {
    const { protocol, hostname: host, port } = new URL(url)
    const encrypted = protocol === 'tls:'
    const at = { host, port: Number(port || 4222) }
    refusePlaintext({ ...at, security: encrypted ? 'tls' : 'none' })
    let connection: NatsConnection
    try {
      connection = await connect({
        servers: url,
        // Without it the library takes what the server offers, plain text too; the rules are Node's own: TLS 1.2, a certificate that fits.
        ...(encrypted ? { tls: {} } : {}),
        ...(token === '' ? {} : { token }),
        timeout: quietMs,
        reconnect: false,
        name: 'Postern',
      })
    } catch (fault) {
      throw translated(fault, at)
    }
    try {
      const manager = await jetstreamManager(connection, { timeout: quietMs })
      const stream = name.toUpperCase()
      const subject = name
      const info = await manager.streams.info(stream).catch(async (fault: unknown) => {
        if (!(fault instanceof JetStreamApiError)) throw fault
        return manager.streams.add({
          name: stream,
          subjects: [`${subject}.log`, `${subject}.summary`, `${subject}.claim.*`],
          retention: RetentionPolicy.Limits,
          storage: StorageType.File,
          discard: DiscardPolicy.New,
          duplicate_window: nanos(120_000),
          max_msg_size: 2 * 1024 * 1024,
        })
      })
      return new NatsCarrier(connection, jetstream(connection), manager, stream, subject, info.created, at)
    } catch (fault) {
      await connection.close()
      throw translated(fault, at)
    }
  }

  async list(after?: string): Promise<string[]> {
    return this.guarded(async () => {
      // Not all numbers that there ever were: claims stay, and marks that were taken away leave holes, more each day.
      if (after === undefined)
        return [...(await this.places('log')), ...(await this.places('summary'))].toSorted((a, b) => a - b).map(String)
      const { state } = await this.manager.streams.info(this.stream)
      const first = Math.max(state.first_seq, Number(after) + 1)
      return Array.from({ length: Math.max(0, state.last_seq - first + 1) }, (_, index) => String(first + index))
    })
  }

  /** Where the messages of a kind lie that are there now, oldest first. */
  private async places(kind: 'log' | 'summary'): Promise<number[]> {
    const consumer = await this.js.consumers.get(this.stream, {
      filter_subjects: `${this.subject}.${kind}`,
      headers_only: true,
    })
    let { num_pending: waiting } = await consumer.info()
    const found: number[] = []
    if (waiting > 0)
      for await (const message of await consumer.fetch({ max_messages: waiting, expires: listMs })) {
        found.push(message.seq)
        waiting = message.info.pending
        if (waiting === 0) break
      }
    await consumer.delete()
    // What seems not to lie there would be put there again.
    if (waiting > 0) throw new PosternError('timeout', 'the list of messages')
    return found
  }

  async *fetch(places: readonly string[]): AsyncGenerator<{ place: string; pack: Uint8Array }> {
    for (let from = 0; from < places.length; from += inFlight) {
      const page = places.slice(from, from + inFlight)
      const messages = await this.guarded(() =>
        Promise.all(
          page.map(async (place) => ({
            place,
            message: await this.manager.streams.getMessage(this.stream, { seq: Number(place) }),
          })),
        ),
      )
      // Claims lie in the same stream and are no messages of the team.
      for (const { place, message } of messages)
        if (message?.subject === `${this.subject}.log` || message?.subject === `${this.subject}.summary`)
          yield { place, pack: message.data }
    }
  }

  async summaries(): Promise<string[]> {
    return this.guarded(async () => (await this.places('summary')).map(String))
  }

  async append(pack: Uint8Array, summary = false): Promise<{ place: string | null; serverAt: number | null }> {
    const { seq } = await this.guarded(() =>
      this.js.publish(`${this.subject}.${summary ? 'summary' : 'log'}`, pack, {
        msgID: createHash('sha256').update(pack).digest('hex'),
        timeout: quietMs,
      }),
    )
    const stored = await this.guarded(() => this.manager.streams.getMessage(this.stream, { seq }))
    return { place: String(seq), serverAt: stored?.time.getTime() ?? null }
  }

  async poke(): Promise<void> {
    const info = await this.guarded(() => this.manager.streams.info(this.stream))
    if (info.created !== this.generation) throw new PosternError('connection-lost', 'the stream has begun anew')
  }

  onChange(listener: (what: 'more' | 'less') => void): void {
    for (const subject of ['log', 'summary'])
      this.connection.subscribe(`${this.subject}.${subject}`, { callback: () => listener('more') })
  }

  onClose(listener: () => void): void {
    void this.connection.closed().then(listener)
  }

  async claim(key: string, holder: string, ttlMs: number): Promise<{ won: boolean; holder: string }> {
    const subject = `${this.subject}.claim.${createHash('sha256').update(key).digest('hex').slice(0, 32)}`
    for (;;) {
      const last = await this.guarded(() => this.manager.streams.getMessage(this.stream, { last_by_subj: subject }))
      const standing =
        last && last.time.getTime() + Number(last.header.get('Postern-Ttl')) > (await this.serverNow())
          ? last.string()
          : null
      if (standing !== null) return { won: standing === holder, holder: standing }
      try {
        const stamped = headers()
        stamped.set('Postern-Ttl', String(ttlMs))
        await this.js.publish(subject, holder, {
          headers: stamped,
          expect: { lastSubjectSequence: last?.seq ?? 0 },
          timeout: quietMs,
        })
        return { won: true, holder }
      } catch (fault) {
        if (!(fault instanceof JetStreamApiError) || fault.code !== wrongLastSequence) throw translated(fault, this.at)
      }
    }
  }

  /** By the server's clock, as the messages' own times: those of two laptops may be minutes apart. */
  private async serverNow(): Promise<number> {
    return this.guarded(async () => {
      const { seq } = await this.js.publish(`${this.subject}.claim.clock`, '', { timeout: quietMs })
      const stamped = await this.manager.streams.getMessage(this.stream, { seq })
      await this.manager.streams.deleteMessage(this.stream, seq, false)
      return stamped?.time.getTime() ?? Date.now()
    })
  }

  async prune(places: readonly string[]): Promise<void> {
    for (const place of places)
      await this.guarded(() => this.manager.streams.deleteMessage(this.stream, Number(place), false))
  }

  async probe(ms: number): Promise<void> {
    await withDeadline(this.connection.rtt(), ms, () => new PosternError('timeout', 'no answer to a probe')).catch(() =>
      this.connection.close(),
    )
  }

  async close(): Promise<void> {
    await this.connection.close()
  }

  private async guarded<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (fault) {
      throw translated(fault, this.at)
    }
  }
}

function translated(fault: unknown, at: Endpoint): PosternError {
  if (fault instanceof PosternError) return fault
  const name = fault instanceof Error ? fault.name : ''
  const words = fault instanceof Error ? fault.message : ''
  const code = /Authorization|Authentication/i.test(name)
    ? 'auth-refused'
    : name === 'JetStreamNotEnabled' || fault instanceof JetStreamApiError
      ? 'server-refused'
      : /Timeout/i.test(name)
        ? 'timeout'
        : /does not support 'tls'/.test(words)
          ? 'not-tls'
          : /unexpected response/.test(words)
            ? 'server-broken'
            : null
  if (code === null) return networkError(errorField(fault, 'cause') ?? fault, at)
  const nats = code === 'auth-refused' || name === 'JetStreamNotEnabled'
  return new PosternError(code, `NATS: ${name}`, { host: at.host, port: at.port, ...(nats ? { nats } : {}) })
}
