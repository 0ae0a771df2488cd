/**
 * A store of up to a million messages, the same every time, made through the store's own ingest: support mail with threads,
 * customers and words whose frequencies fall as in natural language (Zipf), so that common and rare ones exist.
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { ParsedMessage } from '../../src-preload/contract/internal'
import { newDeviceSecret } from '../../src-main/crypto/device-keys'
import { packMessage } from '../../src-main/shared/message-body'
import { databaseFile } from '../../src-main/store/file/database'
import { resetFolder, syncFolders } from '../../src-main/store/mail/folders'
import { IndexFile } from '../../src-main/store/search/index-file'
import { allMailboxes, createMailbox } from '../../src-main/store/mail/mailboxes'
import { ingestPage } from '../../src-main/store/mail/messages'
import { SearchIndex } from '../../src-main/store/search/search-index'
import { StoreThread } from '../../src-main/store/store-thread'
import { Upkeep } from '../../src-main/store/file/upkeep'
import { Workspace } from '../../src-main/store/workspace'
import { numbers } from '../mail/parse/make-messages'

/** Pronounceable words, all different; the first are the most frequent. */
const vocabulary = 300_000
const syllables = [
  'ba',
  'ce',
  'di',
  'fo',
  'gu',
  'ha',
  'je',
  'ki',
  'lo',
  'mu',
  'na',
  'pe',
  'ri',
  'so',
  'tu',
  'va',
  'we',
  'xi',
  'yo',
  'zu',
  'bra',
  'cle',
  'dri',
  'flo',
  'gru',
  'pla',
  'ste',
  'tri',
  'sho',
  'chu',
  'nor',
  'ben',
  'tal',
  'mir',
  'son',
  'lun',
]

export function word(rank: number): string {
  let rest = rank
  let text = ''
  do {
    text += syllables[rest % syllables.length] ?? ''
    rest = Math.floor(rest / syllables.length)
  } while (rest > 0)
  return text
}

/** A rank drawn with a probability that falls as 1 / rank. */
export const zipf = (random: () => number): number => Math.floor(Math.exp(random() * Math.log(vocabulary))) - 1

const firstDate = Date.UTC(2016, 0, 1)
/** Ten years, whatever the number. */
const span = Date.UTC(2026, 0, 1) - firstDate

/** The messages from number `from` up to `to` of a mailbox of `total`. Any range can be made by itself. */
export function* messages(
  total: number,
  from: number,
  to: number,
): Generator<{ uid: number; message: ParsedMessage; seen: boolean }> {
  for (let index = from; index < to; index++) {
    const random = numbers(index * 7919 + 13)
    const below = (limit: number): number => Math.floor(random() * limit)
    const words = (n: number): string => Array.from({ length: n }, () => word(zipf(random))).join(' ')
    const date = firstDate + Math.floor((index / total) * span)
    // Threads of one to seven: every message answers the one a few dozen before it, or begins.
    const back = 40 + (index % 37)
    const answers = index % 10 < 6 && index >= back ? `m${index - back}@shop.example` : null
    const customer = below(Math.max(10, total >> 3))
    const subject = words(4)
    const text = Array.from({ length: 3 + below(9) }, () => words(6 + below(8))).join('\n')
    const id = `m${index}@shop.example`
    const raw = Buffer.from(
      `From: Customer ${customer} <c${customer}@mail${customer % 97}.example>\r\nTo: support@acme.test\r\nMessage-ID: <${id}>\r\nSubject: ${subject}\r\nDate: ${new Date(date).toUTCString()}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n${text.replaceAll('\n', '\r\n')}\r\n`,
    )
    yield {
      uid: index + 1,
      seen: random() < 0.9,
      message: {
        messageId: id,
        contentHash: createHash('sha256').update(text).digest().subarray(0, 16),
        inReplyTo: answers === null ? [] : [answers],
        references: answers === null ? [] : [answers],
        date,
        subject: answers === null ? subject : `Re: ${subject}`,
        from: { name: `Customer ${customer}`, address: `c${customer}@mail${customer % 97}.example` },
        fromSuspicious: false,
        replyTo: [],
        to: [{ name: 'Support', address: 'support@acme.test' }],
        cc: [],
        bcc: [],
        autoKind: 'none',
        snippet: text.slice(0, 160).replaceAll('\n', ' '),
        attachments: [],
        remoteCount: 0,
        remoteUrls: [],
        unreadable: null,
        posternId: null,
        ...packMessage({ text, html: null, textSuffices: true, cut: false }, raw, {
          text: [raw.length - Buffer.byteLength(text.replaceAll('\n', '\r\n')) - 2, raw.length],
        }),
        rawSize: raw.byteLength,
      },
    }
  }
}

export interface BigStore {
  readonly workspace: Workspace
  readonly index: SearchIndex
  readonly count: number
  /** Adds messages until there are `count` and all of them can be found. */
  grow(count: number): Promise<void>
  /** Bytes of all database files. */
  size(): number
  close(): void
}

const pageSize = 200
const folders = [
  'inbox',
  'archive',
  'archive',
  'archive',
  'archive',
  'archive',
  'archive',
  'archive',
  'archive',
  'archive',
] as const

/**
 * Opens the store in `dir`, or makes an empty one. Of ten messages one lies in the inbox, the rest in the archive.
 * @param total the number of messages that it is to have in the end: their dates depend on it
 * @param script the file of the caller's thread, which must serve the index (`serveStoreThread`)
 */
export async function openBigStore(dir: string, total: number, script: URL): Promise<BigStore> {
  mkdirSync(dir, { recursive: true })
  const keyFile = path.join(dir, 'bench.key')
  if (!existsSync(keyFile)) writeFileSync(keyFile, createHash('sha256').update('bench').digest())
  const key = readFileSync(keyFile)
  let upkeep: Upkeep | null = null
  let index: SearchIndex | null = null
  const { workspace } = Workspace.open(dir, key, {
    device: newDeviceSecret(),
    mail: () => null,
    app: () => null,
    onCommit: (changes) => {
      upkeep?.committed()
      index?.committed(changes.reindexed)
    },
  })
  const thread = new StoreThread(dir, key, script)
  upkeep = new Upkeep(workspace, thread)
  index = new SearchIndex(workspace, dir, key, thread)
  const server = { host: 'localhost', port: 1, security: 'none' as const, user: 'u' }
  const mailboxId =
    allMailboxes(workspace.db.read)[0]?.id ??
    createMailbox(workspace, { name: 'Support', address: 'support@acme.test', imap: server, smtp: server }).id
  const synced = await syncFolders(workspace, mailboxId, [
    { path: 'INBOX', delimiter: '/', role: 'inbox' },
    { path: 'Archive', delimiter: '/', role: 'archive' },
  ])
  for (const folder of synced.folders) if (folder.uidValidity === null) resetFolder(workspace, folder.folderId, '1')
  const folderIds = Object.fromEntries(synced.folders.map(({ role, folderId }) => [role, folderId]))
  const counted = (): number =>
    workspace.db.read.get<{ n: number }>('SELECT coalesce(sum(local_count), 0) AS n FROM folders')?.n ?? 0
  const store = { workspace, index, count: counted() }
  return {
    ...store,
    async grow(count) {
      for (let from = counted(); from < count; from += pageSize) {
        const page = [...messages(total, from, Math.min(count, from + pageSize))]
        for (const role of new Set(folders)) {
          const items = page
            .filter(({ uid }) => folders[uid % folders.length] === role)
            .map(({ uid, seen, message }) => ({
              uid,
              flags: seen ? ['\\Seen'] : [],
              internalDate: message.date ?? 0,
              message,
            }))
          await ingestPage(workspace, {
            folderId: folderIds[role] ?? 0,
            uidValidity: '1',
            items,
            cursor: {},
            backfill: true,
          })
        }
        await index.room()
        await upkeep.room()
      }
      while (index.waiting > 0)
        await new Promise((resolve) => {
          setTimeout(resolve, 50)
        })
    },
    size: () =>
      [databaseFile(dir), IndexFile.path(dir)]
        .flatMap((file) => [file, `${file}-wal`])
        .reduce((sum, file) => sum + (statSync(file, { throwIfNoEntry: false })?.size ?? 0), 0),
    close: () => {
      upkeep.stop()
      index.stop()
      thread.stop()
      workspace.db.close()
    },
  }
}

export const p95 = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.ceil(values.length * 0.95) - 1] ?? Number.NaN
export const say = (line: string): void => void process.stdout.write(`${line}\n`)
export const figure = (name: string, value: number, unit: string): void =>
  say(`figure ${name} ${value.toFixed(value < 10 ? 2 : 0)} ${unit}`)
