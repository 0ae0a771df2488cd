import type { ImapFlow } from 'imapflow'
import { errorField } from '../network-error'
import { folderName } from './imap-notify'
import { atom, type Answer } from './imap-raw'

/** What is asked of each message, beside its UID. */
export interface RowQuery {
  readonly flags?: boolean
  readonly internalDate?: boolean
  readonly size?: boolean
  /** Labels and thread (X-GM-EXT-1). */ readonly gmail?: boolean
  /** Bytes of it; the unread flag stays as it is. */ readonly bytes?: Section
}
interface Section {
  /** The whole, all its headers, its Message-ID line, or its second part. */
  readonly of: '' | 'HEADER' | 'MESSAGE-ID' | '2'
  /** Its first bytes only. */ readonly most?: number
}

/** What the server said of a message; what it left out is not here. */
export interface FetchRow {
  uid: number
  flags?: string[]
  /** As it stands there. */ internalDate?: string
  size?: number
  labels?: string[]
  thread?: string
  /** null: there is no such part. */ bytes?: Buffer | null
}

/** A query in the library's form of commands. */
export function itemsOf({ flags, internalDate, size, gmail, bytes }: RowQuery): object[] {
  return [
    atom('UID'),
    ...(flags ? [atom('FLAGS')] : []),
    ...(internalDate ? [atom('INTERNALDATE')] : []),
    ...(size ? [atom('RFC822.SIZE')] : []),
    ...(gmail ? [atom('X-GM-THRID'), atom('X-GM-LABELS')] : []),
    ...(bytes
      ? [
          {
            ...atom('BODY.PEEK'),
            section: sectionOf(bytes),
            partial: bytes.most === undefined ? undefined : [0, bytes.most],
          },
        ]
      : []),
  ]
}

function sectionOf({ of }: Section): unknown[] {
  if (of === '') return []
  return of === 'MESSAGE-ID' ? [atom('HEADER.FIELDS'), [atom(of)]] : [atom(of)]
}

const opening = /^\* \d{1,10} FETCH \(/i
/** UID, flags, arrival, size, section, end; flags of other letters than these are for the parser. */
const plainItem =
  /(?:UID (\d{1,10})|FLAGS \(([\w\\$ .+:/-]*)\)|INTERNALDATE "([^"\\]{1,40})"|RFC822\.SIZE (\d{1,15})|MODSEQ \(\d{1,20}\)|BODY\[([^\]]{0,40})\](?:<0>)? \{\d{1,10}\}\r\n)( |\)$)/iy
const longestPlain = 1000

/** A row of what servers usually send, as the bytes stand; null: something else, for the parser. */
export function plainRow({ payload, literals }: Answer, query: RowQuery): FetchRow | null {
  if (payload.byteLength > longestPlain || literals.length > 1) return null
  const line = payload.toString('latin1')
  const start = opening.exec(line)
  if (!start) return null
  const row: FetchRow = { uid: 0 }
  plainItem.lastIndex = start[0].length
  for (;;) {
    const found = plainItem.exec(line)
    if (!found) return null
    const [, uid, flags, internalDate, size, section, end] = found
    if (uid !== undefined) row.uid = Number(uid)
    else if (flags !== undefined) row.flags = flags === '' ? [] : flags.split(' ')
    else if (internalDate !== undefined) row.internalDate = internalDate
    else if (size !== undefined) row.size = Number(size)
    else if (section !== undefined) {
      const [bytes] = literals
      if (!bytes || !isSection(section.split(' ', 1)[0] ?? '', query)) return null
      row.bytes = bytes
    }
    if (end === ')') return row
  }
}

/** @param name what its first word is in an answer */
function isSection(name: string, { bytes }: RowQuery): boolean {
  return bytes !== undefined && name.toUpperCase() === (bytes.of === 'MESSAGE-ID' ? 'HEADER.FIELDS' : bytes.of)
}

/** Whether a row says what was asked, and not other news of its message. */
export function answers(row: FetchRow, { flags, internalDate, size, bytes }: RowQuery): boolean {
  // Of a part that is not there some servers say nothing at all.
  if (bytes) return row.bytes !== undefined || (bytes.of === '2' && row.flags === undefined)
  return (
    (flags === true && row.flags !== undefined) ||
    (size === true && row.size !== undefined) ||
    (internalDate === true && row.internalDate !== undefined)
  )
}

/** A row as the library's parser read it: names and values in turn. null: of no UID. */
export function rowOf(items: unknown, query: RowQuery, client: Pick<ImapFlow, 'enabled'>): FetchRow | null {
  if (!Array.isArray(items)) return null
  const row: FetchRow = { uid: 0 }
  for (let at = 0; at + 1 < items.length; at += 2) readItem(row, items[at], items[at + 1], query, client)
  return row.uid > 0 ? row : null
}

function readItem(
  row: FetchRow,
  name: unknown,
  value: unknown,
  query: RowQuery,
  client: Pick<ImapFlow, 'enabled'>,
): void {
  switch (textOf(name)?.toUpperCase() ?? '') {
    case 'UID':
      row.uid = numberOf(value) ?? 0
      break
    case 'FLAGS':
      row.flags = textsOf(value)
      break
    case 'INTERNALDATE': {
      const at = textOf(value)
      if (at !== undefined) row.internalDate = at
      break
    }
    case 'RFC822.SIZE': {
      const size = numberOf(value)
      if (size !== undefined) row.size = size
      break
    }
    case 'X-GM-LABELS': {
      // Names of folders, so they are written as these are.
      const plain = client.enabled.has('UTF8=ACCEPT') || client.enabled.has('IMAP4REV2')
      row.labels = textsOf(value).map((label) => (plain ? label : folderName(label)))
      break
    }
    case 'X-GM-THRID': {
      const thread = textOf(value)
      if (thread !== undefined) row.thread = thread
      break
    }
    case 'BODY': {
      const section = errorField(name, 'section')
      if (Array.isArray(section) && isSection(textOf(section[0]) ?? '', query)) row.bytes = bytesOf(value)
    }
  }
}

function textOf(item: unknown): string | undefined {
  const value = errorField(item, 'value')
  return typeof value === 'string' ? value : Buffer.isBuffer(value) ? value.toString() : undefined
}

const textsOf = (list: unknown): string[] => (Array.isArray(list) ? list.flatMap((item) => textOf(item) || []) : [])

/** A whole number; larger ones than a number holds are none. */
function numberOf(item: unknown): number | undefined {
  const text = textOf(item)
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined
}

/** A section may come as a quoted string too, which the parser read as UTF-8. */
function bytesOf(item: unknown): Buffer | null {
  const value = errorField(item, 'value')
  if (Buffer.isBuffer(value)) return value
  return typeof value === 'string' ? Buffer.from(value) : null
}
