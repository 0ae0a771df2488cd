import { PosternError } from '../../../src-preload/contract/errors'
import { logger } from '../../shared/log'
import type { FetchedMessage, ImapSession } from './imap-session'

const log = logger('fetch')

/** A window that ended this many connections is fetched one message at a time. */
const windowTries = 2
/** A message that ended this many connections by itself is left out. */
const messageTries = 2
/** What a server would not hand out is asked for again at once, then after this time, doubled up to the longest. */
const firstRetryMs = 30_000
const longestRetryMs = 600_000

/**
 * Fetches messages of one folder around those that the server cannot hand out: it may refuse a whole window because of
 * one message (Exchange does), or break the connection over it each time. Lives longer than a connection, so that a
 * folder never stands still at the same message for ever. What is left out stays missing in the ledger, where it shows.
 */
export class FetchAround {
  private brokenAt: number | null = null
  private broken = 0
  private readonly culprits = new Map<number, number>()
  private readonly withheld = new Map<number, { at: number; times: number }>()

  /** @param now a counter that nobody sets back: what is withheld would wait until its time comes again */
  constructor(private readonly now: () => number = () => performance.now()) {}

  /** UIDs that the server did not hand out when asked last. */
  get missing(): ReadonlySet<number> {
    return new Set(this.withheld.keys())
  }

  /** UIDs mean other messages now. */
  reset(): void {
    this.broken = 0
    this.brokenAt = null
    this.culprits.clear()
    this.withheld.clear()
  }

  /** true: worth asking for now. */
  due(uid: number): boolean {
    const last = this.withheld.get(uid)
    if (!last || last.times === 1) return true
    return this.now() - last.at > Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(last.times - 2, 10))
  }

  /** Whole messages of these UIDs, ascending, as far as they are to be had. Throws when the connection ends. */
  async *fetch(
    session: Pick<ImapSession, 'fetchSources'>,
    uids: readonly number[],
  ): AsyncGenerator<FetchedMessage, void> {
    if (uids.length === 0) return
    const key = uids[0] ?? 0
    if (this.brokenAt === key && this.broken >= windowTries) {
      yield* this.oneByOne(session, uids)
      return
    }
    const open = new Set(uids)
    try {
      for await (const row of session.fetchSources(uids)) {
        open.delete(row.uid)
        this.withheld.delete(row.uid)
        yield row
      }
    } catch (error) {
      if (PosternError.from(error).code === 'server-refused') {
        yield* this.oneByOne(session, [...open])
        return
      }
      this.broken = this.brokenAt === key ? this.broken + 1 : 1
      this.brokenAt = key
      throw error
    }
    if (this.brokenAt === key) this.brokenAt = null
    // Gone meanwhile, or withheld: the next look at the folder's UIDs tells them apart.
    for (const uid of open) this.withhold(uid)
  }

  private async *oneByOne(
    session: Pick<ImapSession, 'fetchSources'>,
    uids: readonly number[],
  ): AsyncGenerator<FetchedMessage, void> {
    for (const uid of uids) {
      if ((this.culprits.get(uid) ?? 0) >= messageTries && !this.due(uid)) continue
      let came = false
      try {
        for await (const row of session.fetchSources([uid])) {
          came = true
          yield row
        }
        if (came) this.withheld.delete(uid)
        else this.withhold(uid)
      } catch (error) {
        const { code } = PosternError.from(error)
        if (code !== 'server-refused') {
          const times = (this.culprits.get(uid) ?? 0) + 1
          this.culprits.set(uid, times)
          // Not at once again: it would cost this connection too.
          if (times >= messageTries) this.withheld.set(uid, { at: this.now(), times: times + 3 })
          throw error
        }
        this.withhold(uid)
      }
    }
  }

  private withhold(uid: number): void {
    const times = (this.withheld.get(uid)?.times ?? 0) + 1
    if (times === 1) log.warn('the server does not hand out a message', { uid })
    this.withheld.set(uid, { at: this.now(), times })
  }

  /** Keeps only what is still on the server. */
  confirm(onServer: ReadonlySet<number>, here: ReadonlySet<number>): void {
    for (const uid of this.withheld.keys()) if (!onServer.has(uid) || here.has(uid)) this.withheld.delete(uid)
  }
}
