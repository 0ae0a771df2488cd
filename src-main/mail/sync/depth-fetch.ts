import type { MailboxDepth } from '../../../src-preload/contract/depth'
import { sinceOf, startBytes } from '../../shared/depth'
import type { FetchedMessage, ImapSession } from './imap-session'

type Session = Pick<ImapSession, 'fetchSources' | 'fetchHeaders' | 'fetchFacts'>

/** true: every message is fetched whole, so nothing about it need be asked first. */
export function isWhole(depth: MailboxDepth): boolean {
  return depth.bodies === 'all' && depth.largest === null
}

/** What says that a message did not arrive says it in its body, and is wanted while somebody may still wait for an answer. */
const reportsMs = 30 * 86_400_000
const isReport = (headers: Buffer): boolean =>
  /^(?:content-type:\s*multipart\/report\b|from:.{0,500}\b(?:mailer-daemon|postmaster)@)/im.test(
    headers.toString('latin1'),
  )

/** Fetches of each message as much as the mailbox is to keep at once; takes the place of a session's `fetchSources`. */
export class DepthFetch {
  constructor(
    private readonly session: Session,
    private readonly depth: MailboxDepth,
    private readonly now: () => number = Date.now,
  ) {}

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
    yield* this.beginnings([...starts], sizes)
    const recent = new Set(
      facts.filter(({ internalDate }) => internalDate > this.now() - reportsMs).map(({ uid }) => uid),
    )
    const reports: number[] = []
    for await (const row of this.session.fetchHeaders([...headers])) {
      if (recent.has(row.uid) && isReport(row.source)) reports.push(row.uid)
      else yield { ...row, part: 'headers', size: sizes.get(row.uid) ?? row.source.byteLength }
    }
    yield* this.beginnings(reports, sizes)
  }

  private async *beginnings(
    uids: readonly number[],
    sizes: ReadonlyMap<number, number>,
  ): AsyncGenerator<FetchedMessage> {
    if (uids.length === 0) return
    for await (const row of this.session.fetchSources(uids, startBytes)) {
      yield row.source.byteLength < startBytes
        ? row
        : { ...row, part: 'start', size: sizes.get(row.uid) ?? row.source.byteLength }
    }
  }
}
