import { createHash } from 'node:crypto'
import { hostname } from 'node:os'
import type { LogAct, LogBody, LogEntry, LogProof, LogVerdict } from '../../../src-preload/contract/support'
import { LogBody as LogBodySchema } from '../../../src-preload/contract/support'
import {
  ChainCheck,
  chainStart,
  linkHash,
  logPurpose,
  proofBytes,
  proofPurpose,
  type ChainHead,
  type ChainLink,
} from '../../crypto/hash-chain'
import type { CorrectedClock } from '../../crypto/clock'
import type { DeviceKeys } from '../../crypto/device-keys'
import { numberOf } from '../conversations/number'
import type { Reader, Writer } from '../file/database'
import { breathe } from '../workspace'
import { jsonIn } from '../../shared/json'

/** What is written about one act; the rest of an entry follows from where and when it is written. */
export interface Act {
  readonly who: LogBody['who']
  readonly act: LogAct
  readonly grant?: number
  readonly object?: LogBody['object']
  readonly detail?: LogBody['detail']
}

/** An earlier head that was kept outside the database: the log must go through it (R58). */
export interface Mark {
  readonly device: string
  readonly entries: number
  readonly hash: string
}

/** A person of the workspace as the log names them: an entry takes 120 letters of a name. */
export const agent = (name: string): LogBody['who'] => ({
  kind: 'agent',
  name: name.slice(0, 120) || 'An agent without a name',
})

const perPage = 5000

/** The access log of this database: append-only, chained, signed by the device that wrote. */
export class AccessLog {
  private verdict: LogVerdict | null = null

  constructor(
    private readonly device: DeviceKeys,
    private readonly clock: CorrectedClock,
  ) {}

  /** Adds one entry in the transaction of what it is about: if one fails, neither is there. */
  append(tx: Writer, act: Act): number {
    const last = tx.get<{ seq: number; hash: Buffer; at: number }>(
      'SELECT seq, hash, at FROM access_log WHERE device = ? ORDER BY seq DESC LIMIT 1',
      this.device.id,
    )
    if (!last) this.beginChain(tx)
    const seq = (last?.seq ?? 0) + 1
    const body: LogBody = { v: 1, seq, at: Math.max(this.clock.now(), last?.at ?? 0), device: this.device.id, ...act }
    const prev = last?.hash ?? chainStart(this.device.signKey)
    const text = JSON.stringify(LogBodySchema.parse(body))
    const own = linkHash(prev, text)
    tx.run(
      'INSERT INTO access_log(device, seq, prev, hash, signature, body) VALUES(?, ?, ?, ?, ?, ?)',
      this.device.id,
      seq,
      prev,
      own,
      this.device.sign(logPurpose, own),
      text,
    )
    tx.run(
      'INSERT OR IGNORE INTO access_people(who, name) VALUES(?, ?)',
      act.who.fingerprint ?? act.who.name,
      act.who.name,
    )
    tx.changes.touched('access')
    return seq
  }

  private beginChain(tx: Writer): void {
    tx.run(
      'INSERT OR IGNORE INTO access_chains(device, sign_key, name) VALUES(?, ?, ?)',
      this.device.id,
      this.device.signKey,
      hostname().slice(0, 80),
    )
  }

  /** Where the chain of this device stands. */
  head(read: Reader): Mark {
    const last = read.get<{ seq: number; hash: Buffer }>(
      'SELECT seq, hash FROM access_log WHERE device = ? ORDER BY seq DESC LIMIT 1',
      this.device.id,
    )
    return {
      device: this.device.id,
      entries: last?.seq ?? 0,
      hash: (last?.hash ?? chainStart(this.device.signKey)).toString('hex'),
    }
  }

  /**
   * Verifies every chain, in pages that let others work between them. Entries that are added meanwhile are verified too.
   * @param marks heads that were kept elsewhere; `witnessed`: whether those of the keychain are among them
   * @param others what is wrong with the log of another console, where ours holds
   */
  async verify(
    read: Reader,
    { marks, witnessed }: { marks: readonly Mark[]; witnessed: boolean },
    others: () => LogVerdict['fault'] = () => null,
  ): Promise<LogVerdict> {
    let entries = 0
    let fault: LogVerdict['fault'] = null
    const chains = read.all<{ device: string; sign_key: Buffer }>(
      'SELECT device, sign_key FROM access_chains ORDER BY device',
    )
    const named = new Set(chains.map(({ device }) => device))
    // A mark of a chain that is not there at all: the database is older than the chain, or was emptied.
    const lost = marks.find(({ device, entries: count }) => count > 0 && !named.has(device))
    if (lost) fault = { device: lost.device, entry: 1, why: 'rolled-back', of: null }
    for (const { device, sign_key: signKey } of chains) {
      const mark = marks.filter((one) => one.device === device).toSorted((a, b) => b.entries - a.entries)[0]
      const check = new ChainCheck(signKey, mark ? headOf(mark) : null)
      for (let after = 0; ;) {
        const page = linksOf(read, device, after, perPage)
        if (page.length === 0 || !page.every((link) => check.add(link))) break
        after = page.at(-1)?.seq ?? after
        await breathe()
      }
      const found = check.finish(() => allLinks(read, device))
      // A chain that ends before its mark was cut; the whole database being older is the likeliest way to get there.
      if (found && !fault)
        fault = { device, entry: found.entry, why: found.why === 'cut' ? 'rolled-back' : found.why, of: null }
      entries += check.entries
    }
    this.verdict = { entries, at: Date.now(), fault: fault ?? others(), witnessed }
    return this.verdict
  }

  /** Whether the chain goes through a head that was kept elsewhere. */
  passes(read: Reader, mark: Mark): boolean {
    const at = read.get<{ hash: Buffer }>(
      'SELECT hash FROM access_log WHERE device = ? AND seq = ?',
      mark.device,
      mark.entries,
    )
    return at !== undefined && hex(at.hash) === mark.hash
  }

  get lastVerdict(): LogVerdict | null {
    return this.verdict
  }

  /** Writes the log of this device as JSON Lines, and makes the proof that goes beside it. */
  async export(read: Reader, write: (text: string) => Promise<void>): Promise<LogProof> {
    const { entries, hash: head } = this.head(read)
    const digest = createHash('sha256')
    for (let after = 0; after < entries;) {
      const page = linksOf(read, this.device.id, after, Math.min(perPage, entries - after))
      const text = page
        .map(
          ({ body, prev, hash: own, signature }) =>
            `${JSON.stringify({ body, prev: hex(prev), hash: hex(own), signature: hex(signature) })}\n`,
        )
        .join('')
      digest.update(text)
      await write(text)
      after = page.at(-1)?.seq ?? entries
    }
    const plain = {
      postern: 'access-log-proof',
      version: 1,
      device: this.device.id,
      signKey: hex(this.device.signKey),
      entries,
      head,
      file: digest.digest('hex'),
      madeAt: this.clock.now(),
    } as const
    return { ...plain, signature: hex(this.device.sign(proofPurpose, proofBytes(plain))) }
  }
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const headOf = (mark: Mark): ChainHead => ({ entries: mark.entries, hash: Buffer.from(mark.hash, 'hex') })

function linksOf(read: Reader, device: string, after: number, limit: number): (ChainLink & { seq: number })[] {
  return read.all<ChainLink & { seq: number }>(
    'SELECT seq, body, prev, hash, signature FROM access_log WHERE device = ? AND seq > ? ORDER BY seq LIMIT ?',
    device,
    after,
    limit,
  )
}

function* allLinks(read: Reader, device: string): Generator<ChainLink> {
  for (let after = 0; ;) {
    const page = linksOf(read, device, after, perPage)
    yield* page
    if (page.length < perPage) return
    after = page.at(-1)?.seq ?? after
  }
}

export interface LogQuery {
  readonly who: string | null
  readonly grantId: number | null
  readonly days: number | null
  readonly looksOnly: boolean
  readonly limit: number
}

interface LogRow {
  id: number
  device: string
  seq: number
  hash: Buffer
  body: string
  name: string
  at: number
}

/**
 * Newest first. The log has no index for this: it is read backwards in pages that let others work between them, and what is
 * asked for is nearly always near the end.
 */
export async function listLog(
  read: Reader,
  query: LogQuery,
  now: number,
): Promise<{ entries: LogEntry[]; more: boolean; who: { key: string; name: string }[] }> {
  const conditions: string[] = []
  const params: (string | number)[] = []
  if (query.who !== null) {
    conditions.push('AND who = ?')
    params.push(query.who)
  }
  if (query.grantId !== null) {
    conditions.push('AND granted = ?')
    params.push(query.grantId)
  }
  if (query.looksOnly) conditions.push("AND act LIKE 'look-%'")
  const since = query.days === null ? 0 : now - query.days * 86_400_000
  const entries: LogEntry[] = []
  const whole = conditions.length === 0
  for (
    let top = (read.get<{ id: number | null }>('SELECT max(id) AS id FROM access_log')?.id ?? 0) + 1;
    top > 1 && entries.length <= query.limit;
  ) {
    const bottom = Math.max(1, top - (whole ? query.limit + 1 : perPage))
    const rows = read.all<LogRow>(
      `SELECT l.id, l.device, l.seq, l.hash, l.body, c.name, l.at FROM access_log l JOIN access_chains c ON c.device = l.device WHERE l.id >= ? AND l.id < ? ${conditions.join(' ')} ORDER BY l.id DESC LIMIT ?`,
      bottom,
      top,
      ...params,
      query.limit + 1 - entries.length,
    )
    for (const row of rows) if (row.at >= since) entries.push(...entryOf(read, row))
    // Times never fall within a chain, so nothing newer lies behind an entry that is too old.
    if (
      since > 0 &&
      (read.get<{ at: number }>('SELECT at FROM access_log WHERE id >= ? ORDER BY id LIMIT 1', bottom)?.at ?? 0) < since
    )
      break
    top = bottom
    await breathe()
  }
  return {
    entries: entries.slice(0, query.limit),
    more: entries.length > query.limit,
    who: read.all<{ key: string; name: string }>('SELECT who AS key, name FROM access_people ORDER BY name'),
  }
}

function entryOf(read: Reader, row: LogRow): LogEntry[] {
  const body = LogBodySchema.safeParse(jsonIn(row.body))
  return body.success
    ? [
        {
          seq: row.seq,
          at: body.data.at,
          hash: hex(row.hash),
          who: body.data.who,
          act: body.data.act,
          grant: body.data.grant ?? null,
          object: body.data.object ?? null,
          number: numberOfObject(read, body.data.object),
          detail: body.data.detail ?? {},
          device: row.device,
          deviceName: row.name,
        },
      ]
    : []
}

/** How the window calls what an entry is about. */
function numberOfObject(read: Reader, object: LogBody['object']): string | null {
  const { kind, id } = object ?? { kind: '', id: '' }
  return (kind === 'conversation' || kind === 'message') && typeof id === 'number' ? numberOf(read, kind, id) : null
}
