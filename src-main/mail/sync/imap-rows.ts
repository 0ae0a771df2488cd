import type { MailboxObject, SearchObject, StatusObject } from 'imapflow'
import { PosternError } from '../../../src-preload/contract/errors'
import type { FetchRow } from './imap-fetch-row'

/** A row of a body fetch. `labels`: Gmail only. */
export interface FetchedMessage {
  readonly uid: number
  readonly flags: string[]
  readonly labels?: string[]
  readonly thread?: string
  readonly internalDate: number
  readonly source: Buffer
  /** When only a part was fetched: which, and the size of the whole. */ readonly part?: 'start' | 'headers'
  readonly size?: number
}
export interface MessageFacts {
  readonly uid: number
  readonly size: number
  readonly internalDate: number
}
export interface FolderFlags {
  readonly uid: number
  readonly flags: string[]
  readonly labels?: string[]
}
export interface ListedFolder {
  readonly path: string
  readonly delimiter: string | null
  readonly specialUse: string | null
  readonly selectable: boolean
  /** Asked for with the list; null when it was not, or could not be told. */
  readonly state: FolderState | null
}
/** State of a folder as SELECT or STATUS gave it; null: not told this time. `unseen` comes by STATUS only. */
export interface FolderState {
  readonly uidValidity: string
  readonly uidNext: number | null
  readonly exists: number
  readonly modSeq: bigint | null
  readonly unseen: number | null
}
/** What a message is told apart by without its body. */
export interface Fingerprint {
  readonly uid: number
  readonly messageId: string | null
  readonly size: number
}

/** One thing that messages are looked for by; none: all of them. */
export interface SearchQuery {
  readonly uid?: string
  readonly seq?: string
  readonly messageId?: string
  readonly posternId?: string
  readonly subject?: string
  readonly deleted?: boolean
}

/** A search in the library's words. */
export function searchOf(query: SearchQuery): SearchObject {
  if (query.messageId !== undefined) return { header: { 'Message-ID': query.messageId } }
  if (query.posternId !== undefined) return { header: { 'X-Postern-Id': query.posternId } }
  if (query.uid !== undefined) return { uid: query.uid }
  if (query.seq !== undefined) return { seq: query.seq }
  if (query.subject !== undefined) return { subject: query.subject }
  return query.deleted === true ? { deleted: true } : { all: true }
}

export const statusQuery = { messages: true, uidNext: true, uidValidity: true, highestModseq: true, unseen: true }

export function stateOf(mailbox: MailboxObject): FolderState {
  return {
    uidValidity: String(mailbox.uidValidity),
    uidNext: known(mailbox.uidNext),
    exists: mailbox.exists,
    modSeq: mailbox.noModseq ? null : modSeqOf(mailbox.highestModseq),
    unseen: null,
  }
}

export function stateOfStatus(status: StatusObject): FolderState {
  return {
    uidValidity: String(status.uidValidity ?? '0'),
    uidNext: known(status.uidNext),
    exists: status.messages ?? 0,
    modSeq: modSeqOf(status.highestModseq),
    unseen: known(status.unseen),
  }
}

/** A number that the server really told. */
function known(value: number | undefined): number | null {
  return value !== undefined && Number.isSafeInteger(value) && value >= 0 ? value : null
}

/** A MODSEQ of 0 is none (RFC 7162, 3.1.2.2). */
function modSeqOf(value: bigint | undefined): bigint | null {
  return value === undefined || value <= 0n ? null : value
}

export function labelsOf({ labels }: { readonly labels?: Iterable<string> | undefined }): { labels?: string[] } {
  return labels ? { labels: [...labels] } : {}
}

/** Digits, as Gmail gives them; anything else is no thread of its. */
function threadOf({ thread }: FetchRow): { thread?: string } {
  return thread !== undefined && /^\d{1,20}$/.test(thread) ? { thread } : {}
}

/** \Recent belongs to a session, not to a message. */
export function keptFlags(flags: Iterable<string> | undefined): string[] {
  return [...(flags ?? [])].filter((flag) => flag.toLowerCase() !== '\\recent')
}

/** Sequence set of UIDs: runs are joined (`3,7:12`). */
export function uidSet(uids: readonly number[]): string {
  const sorted = uids.toSorted((a, b) => a - b)
  const parts: string[] = []
  let start = -1
  let last = -1
  for (const uid of [...sorted, -1]) {
    if (uid === last + 1 && start !== -1) {
      last = uid
      continue
    }
    if (start !== -1) parts.push(start === last ? String(start) : `${start}:${last}`)
    start = last = uid
  }
  return parts.join(',')
}

/** More messages than any folder has: a set that names more is a server's fault or malice (R36). */
const mostUids = 10_000_000

/**
 * The UIDs of a sequence set (`3,7:12`), ascending, each once.
 * @throws PosternError `server-broken` for what is no set of UIDs, or one without bounds
 */
export function uidsOf(set: string): number[] {
  const ranges = set
    .split(',')
    .filter((part) => part !== '')
    .map((part) => {
      const [, first, last = first] = /^(\d{1,10})(?::(\d{1,10}))?$/.exec(part) ?? []
      const ends = [Number(first), Number(last)].toSorted((a, b) => a - b)
      const [from = 0, to = 0] = ends
      if (!(from >= 1 && to <= 0xffffffff)) throw new PosternError('server-broken', 'a set of UIDs that is none')
      return { from, to }
    })
    .toSorted((a, b) => a.from - b.from)
  const uids: number[] = []
  let last = 0
  for (const { from, to } of ranges) {
    if (uids.length + to - Math.max(from, last + 1) >= mostUids)
      throw new PosternError('server-broken', 'a set of UIDs without bounds')
    for (let uid = Math.max(from, last + 1); uid <= to; uid++) uids.push(uid)
    last = Math.max(last, to)
  }
  return uids
}

/** When the server says that a message arrived, ms; null when it does not. */
export function arrivalIn({ internalDate }: FetchRow): number | null {
  const at = Date.parse(internalDate ?? '')
  return Number.isFinite(at) ? at : null
}

/** Now, where the server does not say it. */
export const arrivalOf = (row: FetchRow): number => arrivalIn(row) ?? Date.now()

/** A row of a fetch, with the bytes that were asked for. */
export function fetchedOf(row: FetchRow, source: Buffer): FetchedMessage {
  return {
    uid: row.uid,
    flags: keptFlags(row.flags),
    ...labelsOf(row),
    ...threadOf(row),
    internalDate: arrivalOf(row),
    source,
  }
}
