import { PosternError } from '../../../src-preload/contract/errors'
import type { ImapSession } from '../sync/imap-session'
import type { LogCarrier } from './team-carrier'
import { findPack, largestTeamMessage, summarySubject, teamFolder, teamMessage, unbase64 } from './team-message'

/** Begins a message that is a claim: a word, the moment it ends, the key and the holder. */
const claimWord = 'PSTC'
const claimText = (key: string, holder: string, endsAt: number): Uint8Array =>
  Buffer.from(`${claimWord} ${endsAt} ${key} ${holder}`)

function readClaim(pack: Uint8Array): { endsAt: number; key: string; holder: string } | null {
  const match = /^PSTC (\d{1,15}) (\S{1,100}) (\S{1,100})$/.exec(Buffer.from(pack).toString('latin1', 0, 300))
  return match ? { endsAt: Number(match[1]), key: match[2] ?? '', holder: match[3] ?? '' } : null
}

/** What the carrier needs of a connection. */
export type FolderSession = Pick<
  ImapSession,
  | 'append'
  | 'select'
  | 'searchUids'
  | 'fetchSecondParts'
  | 'fetchSizes'
  | 'fetchSources'
  | 'internalDate'
  | 'expunge'
  | 'listFolders'
  | 'createFolder'
  | 'onChange'
  | 'onClose'
  | 'takeVanished'
  | 'probe'
  | 'close'
>

/** Servers of many machines, where a message may be seen a while after its UID was given: a claim waits and looks twice. ms */
const settleMs = 2000
const manyMachines = /(^|\.)(gmail\.com|googlemail\.com|office365\.com|outlook\.com)$/i
/** Claims of so long ago have ended. ms */
const claimsKeptMs = 120_000
/** Those of a program that ended are taken away by whoever meets them so long after, whatever their clocks say. ms */
const claimsStaleMs = 86_400_000
/** Further than this a computer's clock and the server's do not agree. ms */
const agreeMs = 10_000

/** The team's messages in a folder of the mailbox itself. UIDs ascend strictly (RFC 3501, 2.3.1.1), so the server settles who was first. */
export class ImapCarrier implements LogCarrier {
  private claims: { uid: number; endsAt: number; key: string; holder: string }[] = []
  private readonly claimsSeen = new Map<number, number>()
  /** `until`: by a counter that nobody can set. */
  private ownClaims: { uid: number; until: number }[] = []
  /** As the last look at the folder found it: one that falls is another folder's, whatever its UIDVALIDITY. */
  private uidNext = 1
  /** How far the server's clock is ahead of this computer's; 0: they agree. ms */
  private ahead = 0

  private constructor(
    private readonly session: FolderSession,
    private readonly path: string,
    readonly generation: string,
    private readonly address: string,
    private claimsFrom: number,
    private readonly settle: (() => Promise<void>) | null,
  ) {}

  /** Opens the folder, or makes it. The session must be one that idles. */
  static async open(session: FolderSession, address: string, host = ''): Promise<ImapCarrier> {
    return ImapCarrier.over(
      session,
      address,
      manyMachines.test(host)
        ? () =>
            new Promise((resolve) => {
              setTimeout(resolve, settleMs)
            })
        : null,
    )
  }

  /** @param settle waits until what others appended before can be seen; null: it can be seen at once */
  static async over(
    session: FolderSession,
    address: string,
    settle: (() => Promise<void>) | null,
  ): Promise<ImapCarrier> {
    const path = await folderPath(session)
    const state = await session.select(path)
    return new ImapCarrier(session, path, state.uidValidity, address, state.uidNext ?? 1, settle)
  }

  async list(after?: string): Promise<string[]> {
    const from = after === undefined ? 1 : Number(after) + 1
    const uids = await this.session.searchUids(after === undefined ? {} : { uid: `${from}:*` })
    // "n:*" names the last message even when it lies below n.
    return uids.filter((uid) => uid >= from).map(String)
  }

  async *fetch(places: readonly string[]): AsyncGenerator<{ place: string; pack: Uint8Array }> {
    // Claims lie between the messages and are none.
    const stale: string[] = []
    for await (const message of this.all(places)) {
      const claim = readClaim(message.pack)
      if (claim === null) yield message
      else if (claim.endsAt < this.now() - claimsStaleMs) stale.push(message.place)
    }
    if (stale.length > 0) await this.prune(stale)
  }

  /** By the server's clock: those of two laptops may be minutes apart, and a claim must end for both at the same time. */
  private now(): number {
    return Date.now() + this.ahead
  }

  private async *all(places: readonly string[]): AsyncGenerator<{ place: string; pack: Uint8Array }> {
    const uids = places.map(Number)
    const odd: number[] = []
    for await (const { uid, part } of this.session.fetchSecondParts(uids, largestTeamMessage)) {
      const pack = part === null ? null : unbase64(part)
      if (pack === null || !/^PST[1C]/.test(pack.toString('latin1', 0, 4))) odd.push(uid)
      else yield { place: String(uid), pack }
    }
    const readable: number[] = []
    // Without a size it is gone: a server answers for what a colleague took away a moment ago as for what has no such part.
    for (const [uid, size] of await this.session.fetchSizes(odd))
      if (size <= largestTeamMessage * 2) readable.push(uid)
      else yield { place: String(uid), pack: new Uint8Array() }
    for await (const { uid, source } of this.session.fetchSources(readable))
      yield { place: String(uid), pack: findPack(source) ?? new Uint8Array() }
  }

  async summaries(): Promise<string[]> {
    return (await this.session.searchUids({ subject: summarySubject })).map(String)
  }

  async append(pack: Uint8Array, summary = false): Promise<{ place: string | null; serverAt: number | null }> {
    const uid = await this.session.append(
      this.path,
      teamMessage(this.address, pack, new Date(), summary),
      ['\\Seen'],
      null,
    )
    const serverAt = uid === null ? null : await this.session.internalDate(uid)
    return { place: uid === null ? null : String(uid), serverAt }
  }

  async poke(): Promise<void> {
    const state = await this.session.select(this.path)
    const { uidNext } = this
    this.uidNext = state.uidNext ?? uidNext
    if (state.uidValidity !== this.generation || this.uidNext < uidNext)
      throw new PosternError('connection-lost', 'the folder has begun anew')
  }

  onChange(listener: (what: 'more' | 'less') => void): void {
    this.session.onChange(() => listener(this.session.takeVanished().length > 0 ? 'less' : 'more'))
  }
  onClose(listener: () => void): void {
    this.session.onClose(listener)
  }

  async claim(key: string, holder: string, ttlMs: number): Promise<{ won: boolean; holder: string }> {
    let uid = await this.putClaim(key, holder, ttlMs)
    if (!(await this.clockAgreed(uid))) {
      // Its end was told by a clock that is wrong: others might believe it over.
      await this.prune([String(uid)])
      uid = await this.putClaim(key, holder, ttlMs)
    }
    const until = performance.now() + ttlMs
    await this.readClaims()
    if (this.settle) {
      await this.settle()
      await this.readClaims()
    }
    const now = this.now()
    const mark = performance.now()
    this.ownClaims.push({ uid, until })
    await this.prune(this.ownClaims.filter((one) => one.until <= mark).map((one) => String(one.uid)))
    this.ownClaims = this.ownClaims.filter((one) => one.until > mark)
    this.claims = this.claims.filter((claim) => claim.endsAt > now)
    const first = this.claims.filter((claim) => claim.key === key).toSorted((a, b) => a.uid - b.uid)[0]
    return { won: first?.holder === holder, holder: first?.holder ?? holder }
  }

  private async putClaim(key: string, holder: string, ttlMs: number): Promise<number> {
    const uid = await this.session.append(
      this.path,
      teamMessage(this.address, claimText(key, holder, this.now() + ttlMs), new Date()),
      ['\\Seen'],
      null,
    )
    if (uid === null) throw new PosternError('server-refused', 'the server does not say where a claim lies')
    return uid
  }

  /** Looks when the server took a message that was put there a moment ago. @returns whether that was the time it was written by */
  private async clockAgreed(uid: number): Promise<boolean> {
    const at = await this.session.internalDate(uid)
    if (at === null) return true
    const before = this.ahead
    const ahead = at - Date.now()
    this.ahead = Math.abs(ahead) > agreeMs ? ahead : 0
    return Math.abs(this.ahead - before) <= agreeMs
  }

  /** Reads the claims that were not read yet. A lower UID may be seen after a higher one, so the last two minutes are looked at again. */
  private async readClaims(): Promise<void> {
    await this.session.select(this.path)
    const now = performance.now()
    for (const [uid, at] of this.claimsSeen) {
      if (at > now - claimsKeptMs) continue
      this.claimsFrom = Math.max(this.claimsFrom, uid + 1)
      this.claimsSeen.delete(uid)
    }
    const fresh = (await this.session.searchUids({ uid: `${this.claimsFrom}:*` })).filter(
      (one) => one >= this.claimsFrom && !this.claimsSeen.has(one),
    )
    for (const uid of fresh) this.claimsSeen.set(uid, now)
    for await (const { place, pack } of this.all(fresh.map(String))) {
      const claim = readClaim(pack)
      if (claim) this.claims.push({ uid: Number(place), ...claim })
    }
  }

  async prune(places: readonly string[]): Promise<void> {
    await this.session.expunge(places.map(Number))
  }

  async probe(ms: number): Promise<void> {
    await this.session.probe(ms)
  }

  async close(): Promise<void> {
    await this.session.close()
  }
}

/** `Postern`, or inside INBOX where the server has everything there. It is not subscribed, so most mail programs do not show it. */
async function folderPath(session: FolderSession): Promise<string> {
  const folders = await session.listFolders()
  const delimiter =
    folders.find(({ path }) => path.toUpperCase().startsWith('INBOX') && path.length > 5)?.delimiter ?? '/'
  const inInbox = `INBOX${delimiter}${teamFolder}`
  const known = folders.find(({ path }) => path === teamFolder || path === inInbox)
  if (known) return known.path
  for (const path of [teamFolder, inInbox]) {
    try {
      await session.createFolder(path, false)
      return path
    } catch (fault) {
      if (path === inInbox || PosternError.from(fault).code !== 'server-refused') throw fault
    }
  }
  throw new PosternError('server-refused', 'no folder for the team')
}
