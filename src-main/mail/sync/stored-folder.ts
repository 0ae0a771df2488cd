import type { FolderCursor, StoreForMail } from '../../../src-preload/contract/internal'
import { PosternError } from '../../../src-preload/contract/errors'
import type { Rpc } from '../../shared/port-rpc'
import { normalId } from '../../shared/threading'
import type { FetchedMessage, FolderFlags } from './imap-rows'
import type { ImapSession } from './imap-session'

/** Changes of flags in one call. */
export const flagsWindow = 1_000
/** UIDs that vanished in one call. */
const vanishedWindow = 5_000

/** Messages that are held against the server's, half of them the newest. */
const sampleSize = 4
/** An id that every program reads alike. */
const plainId = /^[!-~]+$/

/** Bytes of headers in one call, and in memory: a server's headers have no bounds (R36). */
const mostHeaders = 4 * 2 ** 20

/** A message's headers as its source, and the size of the whole. */
type Mark = Omit<FetchedMessage, 'part'> & { size: number }

/** What the store has of one folder, by UID, and how far it has come. All of it holds under one UIDVALIDITY. */
export class StoredFolder {
  /** Grows when all UIDs known so far lose their meaning: pages that are under way then are worth nothing. */
  generation = 0

  constructor(
    private readonly store: Pick<Rpc<StoreForMail>, 'call'>,
    private current: FolderCursor,
  ) {}

  get cursor(): FolderCursor {
    return this.current
  }

  get uidValidity(): string {
    if (this.current.uidValidity === null) throw new PosternError('internal', 'folder is not open')
    return this.current.uidValidity
  }

  /** The store has come further, or is told so. */
  move(to: Partial<FolderCursor>): void {
    this.current = { ...this.current, ...to }
  }

  /** UIDs mean other messages now. */
  async reset(uidValidity: string): Promise<void> {
    this.generation += 1
    const fresh = await this.store.call('folder.reset', { folderId: this.current.folderId, uidValidity })
    this.current = { ...fresh, path: this.current.path, role: this.current.role }
  }

  /**
   * false: other messages lie under UIDs that are stored, though UIDVALIDITY is the same: the folder was made anew, or came back from a
   * backup, and more mail has come in since than there was before (R36).
   * @param atLeast so many of the messages that are looked at must be there
   */
  async isStill(session: Pick<ImapSession, 'fingerprints'>, atLeast = 0): Promise<boolean> {
    const { messages } = await this.store.call('folder.sample', {
      folderId: this.current.folderId,
      limit: sampleSize,
    })
    // Servers rewrite what they file of ours.
    const ours = new Map(messages.flatMap(({ uid, messageId, sent }) => (sent ? [] : [[uid, plain(messageId)]])))
    const theirs = await session.fingerprints([...ours.keys()])
    const same = theirs.every(({ uid, messageId }) => {
      const [mine, other] = [ours.get(uid) ?? null, plain(messageId)]
      return mine === null || other === null || mine === other
    })
    return same && theirs.length >= atLeast
  }

  /** Those of these UIDs, ascending, that are stored. */
  async known(uids: readonly number[]): Promise<Set<number>> {
    return new Set(await this.between(uids[0] ?? 1, uids.at(-1) ?? 1))
  }

  /** All that are stored. */
  async uids(): Promise<number[]> {
    return await this.between(1, Math.max(this.current.highUid, 1))
  }

  async vanish(uids: readonly number[]): Promise<void> {
    for (let start = 0; start < uids.length; start += vanishedWindow)
      await this.store.call('folder.vanished', { ...this.here(), uids: uids.slice(start, start + vanishedWindow) })
  }

  /** @param modSeq what has been followed with them; null: nothing that counts @param keywords the server keeps any keyword */
  async applyFlags(changes: readonly FolderFlags[], modSeq: string | null, keywords: boolean): Promise<void> {
    for (let start = 0; start === 0 || start < changes.length; start += flagsWindow) {
      const last = start + flagsWindow >= changes.length
      await this.store.call('flags.apply', {
        ...this.here(),
        changes: changes.slice(start, start + flagsWindow),
        modSeq: last ? modSeq : null,
        keywords,
      })
    }
    if (modSeq !== null) this.move({ modSeq })
  }

  /**
   * After a new numbering, and of what left from here: messages that their headers show to be here already take their places, without
   * their bodies.
   * @returns their UIDs, and the arrival of the oldest of `marks`, ms
   */
  async knownAgain(marks: AsyncIterable<Mark>): Promise<{ uids: readonly number[]; oldest: number }> {
    const { generation } = this
    const here = this.here()
    const uids: number[] = []
    let items: (Omit<Mark, 'source' | 'internalDate'> & { header: Uint8Array })[] = []
    let bytes = 0
    let oldest = Infinity
    const handOn = async (): Promise<void> => {
      if (items.length > 0 && this.generation === generation)
        for (const uid of (await this.store.call('folder.reattach', { ...here, items })).uids) uids.push(uid)
      items = []
      bytes = 0
    }
    for await (const { source, internalDate, ...mark } of marks) {
      oldest = Math.min(oldest, internalDate)
      items.push({ ...mark, header: source })
      bytes += source.byteLength
      if (bytes > mostHeaders) await handOn()
    }
    await handOn()
    return { uids, oldest }
  }

  private async between(fromUid: number, toUid: number): Promise<number[]> {
    return (await this.store.call('folder.known', { ...this.here(), fromUid, toUid })).uids
  }

  private here(): { folderId: number; uidValidity: string } {
    return { folderId: this.current.folderId, uidValidity: this.uidValidity }
  }
}

function plain(messageId: string | null): string | null {
  const id = messageId === null ? null : normalId(messageId)
  return id !== null && plainId.test(id) ? id : null
}
