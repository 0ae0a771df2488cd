import type { ImapFlow } from 'imapflow'
import { PosternError } from '../../../src-preload/contract/errors'
import { errorField } from '../network-error'
import { fetchRaw, hasRawCommands, type RawCommands } from './imap-raw'
import { answers, itemsOf, plainRow, rowOf, type FetchRow, type RowQuery } from './imap-fetch-row'
import { uidSet } from './imap-rows'

/** Rows that came and nobody took yet; more wait on the line. */
const mostAhead = { rows: 64, bytes: 512 * 1024 }
const throttledTries = 4

/**
 * Messages of the selected folder by UID, each once, as they come. The library's own way makes much of each row that nobody
 * reads (a hash, names put together from their parts): a fifth of mail's work in a first sync. Lines that hold only what
 * servers usually send are read as they stand, all others by the library's parser.
 * Throws the library's errors.
 */
export async function* fetchRows(client: ImapFlow, uids: readonly number[], query: RowQuery): AsyncGenerator<FetchRow> {
  if (!hasRawCommands(client)) throw new PosternError('internal', 'the IMAP library is another one')
  const wanted = new Set(uids)
  for (let tries = 1; wanted.size > 0; tries += 1) {
    try {
      return yield* once(client, wanted, query)
    } catch (error) {
      // Microsoft 365 says so, and for how long; the library waited a part of that already.
      if (errorField(error, 'code') !== 'ETHROTTLE' || tries === throttledTries) throw error
      const asked = Math.max(Number(errorField(error, 'throttleReset')) || 0, 1000 * 2 ** (tries - 1))
      const waited = Number(errorField(error, 'throttleWaited')) || 0
      if (asked > waited && (await client.throttleWait(asked - waited))) throw error
    }
  }
}

/** One FETCH; what came is no longer wanted. */
async function* once(
  client: ImapFlow & RawCommands,
  wanted: Set<number>,
  query: RowQuery,
): AsyncGenerator<FetchRow, void> {
  const rows = new RowQueue()
  const isAsked = (row: FetchRow | null): row is FetchRow =>
    // A server may send rows nobody asked for (R36), and other news of a message while its row is on the way.
    row !== null && wanted.has(row.uid) && answers(row, query)
  const take = (row: FetchRow): Promise<void> | undefined => {
    wanted.delete(row.uid)
    return rows.put(row)
  }
  fetchRaw(
    client,
    uidSet([...wanted]),
    itemsOf(query),
    (answer) => {
      const row = plainRow(answer, query)
      return isAsked(row) ? { room: take(row) } : null
    },
    async (items) => {
      const row = rowOf(items, query, client)
      if (isAsked(row)) await take(row)
    },
  ).then(
    () => rows.end(null),
    (error: unknown) => rows.end(error instanceof Error ? error : new PosternError('internal')),
  )
  try {
    yield* rows.all()
  } finally {
    rows.end(null)
  }
}

/** Rows between the line and who works on them. */
class RowQueue {
  private readonly rows: FetchRow[] = []
  private bytes = 0
  private ended = false
  private failure: Error | null = null
  private wake: (() => void) | null = null
  private goOn: (() => void) | null = null

  /** @returns what to wait for before the next one */
  put(row: FetchRow): Promise<void> | undefined {
    if (this.ended) return undefined
    this.rows.push(row)
    this.bytes += row.bytes?.byteLength ?? 0
    this.wake?.()
    if (this.rows.length < mostAhead.rows && this.bytes < mostAhead.bytes) return undefined
    return new Promise((resolve) => {
      this.goOn = resolve
    })
  }

  /** No more comes, or is taken. */
  end(failure: Error | null): void {
    this.ended = true
    this.failure ??= failure
    this.wake?.()
    this.goOn?.()
  }

  /** What came before a failure comes before it. */
  async *all(): AsyncGenerator<FetchRow, void> {
    for (;;) {
      for (let row = this.rows.shift(); row; row = this.rows.shift()) {
        this.bytes -= row.bytes?.byteLength ?? 0
        yield row
        if (this.rows.length === 0) this.goOn?.()
      }
      if (this.ended) break
      await new Promise<void>((resolve) => {
        this.wake = resolve
      })
      this.wake = null
    }
    if (this.failure !== null) throw this.failure
  }
}
