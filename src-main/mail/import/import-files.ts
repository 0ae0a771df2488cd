import { createReadStream, existsSync } from 'node:fs'
import { open, readdir, readFile, stat } from 'node:fs/promises'
import { basename, dirname, join, relative, sep } from 'node:path'
import type { FolderRole } from '../../../src-preload/contract/mailboxes'
import { looksLikeMbox, MboxReader, type MboxMessage } from '../../shared/mbox'
import { largestMessage } from '../sync/imap-session'

/** One file with mail in it. */
export interface MailFile {
  readonly path: string
  readonly kind: 'mbox' | 'message'
  /** Name of the folder that its mail goes to. */
  readonly folder: string
  readonly role: FolderRole
  readonly bytes: number
  /** Flags that its name says (Maildir); null: it says none. */
  readonly flags: string[] | null
}

export interface FileMessage {
  readonly raw: Buffer
  readonly flags: string[]
  readonly at: number
}

/** A message out of a file, or the end of one that was left out; `next` is where reading goes on after it. */
export interface Read {
  readonly message: FileMessage | null
  readonly next: number
}

const mostFiles = 2_000_000

/**
 * The files of a choice in one stable order: mbox files, Maildirs (with their folders) and folders of EML files, however
 * deep. Links are not followed. `left`: files that hold no mail, cannot be read, or are more than `most`.
 */
export async function findMailFiles(
  paths: readonly string[],
  most = mostFiles,
): Promise<{ files: MailFile[]; left: number }> {
  const files: MailFile[] = []
  let left = 0
  const look = async (path: string, root: string): Promise<void> => {
    try {
      const info = await stat(path)
      if (info.isDirectory()) {
        const entries = (await readdir(path, { withFileTypes: true })).filter(
          (entry) => entry.isFile() || entry.isDirectory(),
        )
        const names = new Set(entries.filter((entry) => entry.isDirectory()).map(({ name }) => name))
        const maildir = names.has('cur') || names.has('new')
        for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
          if (maildir && entry.isFile()) continue
          if (maildir && entry.name === 'tmp') continue
          await look(join(path, entry.name), root)
        }
        return
      }
      if (!info.isFile() || ignored.test(basename(path))) return
      const found = await fileAt(path, root, info.size)
      if (found && files.length < most) files.push(found)
      else left++
    } catch {
      left++
    }
  }
  for (const path of paths) {
    const info = await stat(path).catch(() => null)
    await look(path, info?.isDirectory() ? path : dirname(path))
  }
  return { files, left }
}

/** Indexes and marks that mail programs keep beside their mail. */
const ignored =
  /^(?:\.DS_Store|Thumbs\.db|desktop\.ini|dovecot.*|maildirfolder|subscriptions|courierimap.*|.*\.(?:msf|dat|sbd|log|json|lock))$/i

async function fileAt(path: string, root: string, bytes: number): Promise<MailFile | null> {
  const holder = basename(dirname(path))
  if (holder === 'cur' || holder === 'new') {
    const base = dirname(dirname(path))
    return {
      path,
      kind: 'message',
      ...named(folderName(base, root)),
      bytes,
      flags: holder === 'new' ? [] : maildirFlags(basename(path)),
    }
  }
  const head = Buffer.alloc(1000)
  const file = await open(path, 'r')
  let used: number
  try {
    used = (await file.read(head, 0, head.length, 0)).bytesRead
  } finally {
    await file.close()
  }
  const start = head.subarray(0, used)
  if (looksLikeMbox(start)) {
    const own = /^mbox$/i.test(basename(path)) ? dirname(path) : path
    return { path, kind: 'mbox', ...named(folderName(own, root)), bytes, flags: null }
  }
  const isMessage =
    /\.eml$/i.test(path) ||
    (/^[!-9;-~]{1,100}:[ \t\r]/.test(start.toString('latin1')) && !/\.\w{1,5}$/.test(basename(path)))
  return isMessage ? { path, kind: 'message', ...named(folderName(dirname(path), root)), bytes, flags: null } : null
}

/** The way from the chosen folder to this one, as a folder's name. */
function folderName(path: string, root: string): string {
  const way = relative(root, path)
  const name = (way === '' ? basename(root) : way)
    .split(sep)
    .map((part) => part.replace(/^\.(?=.)/, '').replace(/\.(?:mbox|mbx|sbd)$/i, ''))
    .filter((part) => part !== '')
    .join('/')
  return name.slice(0, 200) || 'Mail'
}

const roles: readonly [RegExp, FolderRole][] = [
  [/^(?:sent|gesendet|envoy|enviad)/i, 'sent'],
  [/^(?:junk|spam)/i, 'junk'],
  [/^(?:trash|deleted|papierkorb)/i, 'trash'],
]

/** Old mail is done with: all that is not sent, junk or thrown away counts as archived. */
function named(folder: string): { folder: string; role: FolderRole } {
  const last = folder.slice(folder.lastIndexOf('/') + 1).replace(/^INBOX\./i, '')
  return { folder, role: roles.find(([name]) => name.test(last))?.[1] ?? 'archive' }
}

const letters: Readonly<Record<string, string>> = {
  S: '\\Seen',
  R: '\\Answered',
  F: '\\Flagged',
  T: '\\Deleted',
  D: '\\Draft',
}

function maildirFlags(name: string): string[] | null {
  const info = /[:;!]2,([A-Za-z]*)$/.exec(name)?.[1]
  return info === undefined ? null : [...info].flatMap((letter) => letters[letter] ?? [])
}

/** The messages of a file from a place in it on; for a single message any place but 0 is behind it. */
export async function* readMailFile(file: MailFile, from: number): AsyncGenerator<Read> {
  if (file.kind === 'message') {
    if (from > 0) return
    try {
      yield await readMessage(file)
    } catch (fault) {
      const now = isGone(fault) ? await newNameOf(file) : null
      if (now === null) throw fault
      yield await readMessage({ ...file, path: now, flags: maildirFlags(basename(now)) })
    }
    return
  }
  const reader = new MboxReader(from, largestMessage)
  for await (const chunk of createReadStream(file.path, { start: from, highWaterMark: 1 << 20 })) {
    if (chunk instanceof Uint8Array) for (const one of reader.push(chunk)) yield* readOf(one)
  }
  for (const one of reader.finish()) yield* readOf(one)
}

async function readMessage({ path, flags }: MailFile): Promise<Read> {
  const info = await stat(path)
  if (info.size > largestMessage) return { message: null, next: info.size }
  const raw = await readFile(path)
  return { message: { raw, flags: flags ?? flagsIn(raw), at: info.mtimeMs }, next: Math.max(1, info.size) }
}

const isGone = (fault: unknown): boolean => fault instanceof Error && 'code' in fault && fault.code === 'ENOENT'

/** What a file in a Maildir is called whatever its flags are. */
const maildirName = (path: string): string => basename(path).replace(/[:;!]2,[A-Za-z]*$/, '')

/** Of the folder in which one was sought last: many have new names at once when its own program opens it. */
let listed: { readonly cur: string; readonly names: ReadonlyMap<string, string> } | null = null

/** A Maildir gives a message that somebody opened, or only looked at, another name, in `cur`. */
async function newNameOf({ path }: MailFile): Promise<string | null> {
  const holder = dirname(path)
  if (!['cur', 'new'].includes(basename(holder))) return null
  const cur = join(dirname(holder), 'cur')
  const known = listed?.cur === cur ? listed.names.get(maildirName(path)) : undefined
  if (known !== undefined && existsSync(join(cur, known))) return join(cur, known)
  const names = new Map((await readdir(cur)).map((name) => [maildirName(name), name]))
  listed = { cur, names }
  const now = names.get(maildirName(path))
  return now === undefined ? null : join(cur, now)
}

function* readOf({ raw, at, flags, end }: MboxMessage): Generator<Read> {
  // Deleted, or moved to another file: this one was not written anew since.
  if (raw !== null && ((mozillaStatus(raw) ?? 0) & 8) !== 0) return
  yield { message: raw === null ? null : { raw, flags: flags ?? flagsIn(raw), at: at ?? Date.now() }, next: end }
}

/** What Thunderbird writes in front of a message in its files; what stands behind the first header of mail is its sender's. */
function mozillaStatus(raw: Buffer): number | null {
  const status = /^(?:X-[\w-]+:.*\r?\n)*?X-Mozilla-Status:[ \t]*([\da-f]{4})\b/i.exec(
    raw.toString('latin1', 0, 2000),
  )?.[1]
  return status === undefined ? null : Number.parseInt(status, 16)
}

/** What mbox files say in headers of their own (`X-Mozilla-Status`, `Status`, `X-Gmail-Labels`); without them old mail counts as read. */
function flagsIn(raw: Buffer): string[] {
  const mozilla = mozillaStatus(raw)
  if (mozilla !== null) return ['\\Seen', '\\Answered', '\\Flagged'].filter((_, bit) => (mozilla & (1 << bit)) !== 0)
  const end = raw.indexOf('\n\n')
  const crlf = raw.indexOf('\r\n\r\n')
  const head = raw.toString('latin1', 0, Math.min(...[end, crlf, 16_384].filter((at) => at >= 0)))
  const status = `${/^Status:[ \t]*(\w*)/im.exec(head)?.[1] ?? ''}${/^X-Status:[ \t]*(\w*)/im.exec(head)?.[1] ?? ''}`
  const unread = status === '' ? /^X-Gmail-Labels:.*\bUnread\b/im.test(head) : !status.includes('R')
  return [
    ...(unread ? [] : ['\\Seen']),
    ...(status.includes('A') ? ['\\Answered'] : []),
    ...(status.includes('F') ? ['\\Flagged'] : []),
  ]
}
