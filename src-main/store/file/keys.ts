import { hash } from 'node:crypto'
import type { Reader, Writer } from './database'

/**
 * Keyed 64-bit hashes of Message-IDs. The key is the database's own, so nobody can craft two ids that meet in it;
 * 64 bits keep the two largest indexes small.
 */
export class KeyHash {
  private constructor(private readonly secret: string) {}

  static of(read: Reader): KeyHash {
    const row = read.get<{ value: string }>("SELECT value FROM meta WHERE key = 'hash_key'")
    if (!row) throw new Error('the database has no hash key')
    return new KeyHash(row.value)
  }

  /** `kind` keeps a Message-ID and a content hash of the same spelling apart. */
  hash(kind: 'id' | 'content' | 'person' | 'thread', text: string): bigint {
    return this.keyed(kind, kind === 'id' ? anchorOf(text) : text)
  }

  /** The hash of the Message-ID that an anchor stands for: team events name conversations by anchors. */
  ofAnchor(anchor: string): bigint {
    return this.keyed('id', anchor)
  }

  private keyed(kind: 'id' | 'content' | 'person' | 'thread', text: string): bigint {
    return hash('sha256', `${this.secret}\n${kind}\n${text}`, 'buffer').readBigInt64LE(0)
  }
}

/** The first 16 bytes of the SHA-256 of a Message-ID, base64url: the same on every laptop, unlike the keyed hash. */
export function anchorOf(messageId: string): string {
  return hash('sha256', messageId, 'buffer').toString('base64url', 0, 16)
}

/** Made once, with the database. @returns whether it is a new one */
export function makeHashKey(tx: Writer, random: string): boolean {
  return tx.run("INSERT OR IGNORE INTO meta(key, value) VALUES('hash_key', ?)", random).changes > 0
}

/** It may have to take over what a damaged one held, and whoever is killed meanwhile has yet to end that. */
export function noteNew(tx: Writer): void {
  tx.run("INSERT OR IGNORE INTO meta(key, value) VALUES('salvage', 'due')")
}
export const isNew = (read: Reader): boolean => read.get("SELECT 1 FROM meta WHERE key = 'salvage'") !== undefined
export function noteTakenOver(tx: Writer): void {
  tx.run("DELETE FROM meta WHERE key = 'salvage'")
}

/** First minute of the ids: 2000-01-01 UTC, ms. */
const epoch = Date.UTC(2000, 0, 1)
const perMinute = 64

/**
 * Ids of messages grow with their dates: the minute since 2000 times 64, plus a running number. The search index has
 * the same ids, so its newest hits come first without sorting. A minute with more than 64 messages spills into the
 * next ones; a thousand messages of one second are a few minutes out of order at worst.
 */
export class MessageIds {
  /** Where the search for a free id went on after a full minute. */
  private readonly spilled = new Map<number, number>()

  next(tx: Reader, date: number): number {
    const minute = Math.max(0, Math.floor((date - epoch) / 60_000))
    const first = minute * perMinute + 1
    const spilled = this.spilled.get(minute)
    if (spilled === undefined) {
      const last =
        tx.get<{ id: number | null }>(
          'SELECT max(id) AS id FROM messages WHERE id >= ? AND id < ?',
          first,
          first + perMinute,
        )?.id ?? null
      if (last === null) return first
      if (last + 1 < first + perMinute) return last + 1
    }
    const from = spilled ?? first + perMinute
    const free = this.firstFree(tx, from)
    if (this.spilled.size > 10_000) this.spilled.clear()
    this.spilled.set(minute, free + 1)
    return free
  }

  private firstFree(tx: Reader, from: number): number {
    let free = from
    for (const { id } of tx.iterate<{ id: number }>('SELECT id FROM messages WHERE id >= ? ORDER BY id', from)) {
      if (id > free) break
      free = id + 1
    }
    return free
  }
}
