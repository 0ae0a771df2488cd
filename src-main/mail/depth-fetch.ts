import type { MailboxDepth } from '../../src-preload/contract/depth'
import type { FetchedMessage, ImapSession } from './imap-session'

/** What is fetched of a message that is too large: its headers and, as a rule, its text. */
const startBytes = 256 * 1024
const month = 30.44 * 86_400_000

type Session = Pick<ImapSession, 'fetchSources' | 'fetchHeaders' | 'fetchFacts'>

/** true: every message is fetched whole, so nothing about it need be asked first. */
export function isWhole(depth: MailboxDepth): boolean {
  return depth.bodies === 'all' && depth.largest === null
}

/** The oldest arrival that is fetched whole, ms; -Infinity: any, Infinity: none. */
export function sinceOf(depth: MailboxDepth, now: number): number {
  if (depth.bodies === 'all') return -Infinity
  return depth.bodies === 'headers' ? Infinity : now - depth.months * month
}

/** Fetches of each message as much as the mailbox is to keep at once; takes the place of a session's `fetchSources`. */
export class DepthFetch {
  constructor(private readonly session: Session, private readonly depth: MailboxDepth, private readonly now: () => number = Date.now) {}

  async *fetchSources(uids: readonly number[]): AsyncGenerator<FetchedMessage> {
    if (isWhole(this.depth)) {
      yield* this.session.fetchSources(uids)
      return
    }
    const since = sinceOf(this.depth, this.now())
    const largest = this.depth.largest ?? Infinity
    const facts = await this.session.fetchFacts(uids)
    const sizes = new Map(facts.map(({ uid, size }) => [uid, size]))
    const headers = new Set(facts.filter(({ internalDate }) => internalDate < since).map(({ uid }) => uid))
    const starts = new Set(facts.filter(({ uid, size }) => !headers.has(uid) && size > largest).map(({ uid }) => uid))
    // One that the server says nothing about is asked for whole, and found missing there if it is.
    yield* this.session.fetchSources(uids.filter((uid) => !headers.has(uid) && !starts.has(uid)))
    for await (const row of this.session.fetchSources([...starts], startBytes)) {
      yield row.source.byteLength < startBytes ? row : { ...row, part: 'start', size: sizes.get(row.uid) ?? row.source.byteLength }
    }
    for await (const row of this.session.fetchHeaders([...headers])) yield { ...row, part: 'headers', size: sizes.get(row.uid) ?? row.source.byteLength }
  }
}
