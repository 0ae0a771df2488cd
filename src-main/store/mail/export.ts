import { mkdir, rm, rmdir } from 'node:fs/promises'
import path from 'node:path'
import { PosternError } from '../../../src-preload/contract/errors'
import type { ExportScope, MailFormat } from '../../../src-preload/contract/transfers'
import { logger } from '../../shared/log'
import { safeFileName } from '../../shared/guards'
import { mboxEntry } from '../../shared/mbox'
import { fileError } from '../file/file-error'
import { writeEach, writeWhole } from '../file/whole-file'
import { sourceOf } from './files'
import { fetchWhole } from './parts'
import { shownPlaces } from './places'
import { agent } from '../privacy/access-log'
import { getSettings } from '../settings'
import { survivorOf } from '../threads/threads'
import { begin, dropIfEmpty, endTransfer, isRunning } from './transfers'
import { breathe, type Workspace } from '../workspace'

const log = logger('store')

interface Chosen {
  id: number
  date: number
  from_address: string
  subject: string
  seen: number
  flags: number | null
}
interface Group {
  readonly name: string
  readonly messages: readonly Chosen[]
}

/** Messages between two notes of the progress. */
const noteEvery = 50

/**
 * Writes mail as it was received, byte for byte, into a new folder in `dir`. Answers at once; the work goes on in pieces. That it was
 * begun stands in the access log, or it is not.
 * @throws PosternError `not-found` when the scope holds nothing
 */
export async function beginExport(
  workspace: Workspace,
  dir: string,
  scope: ExportScope,
  format: MailFormat,
): Promise<{ id: number }> {
  const { name, groups } = chosen(workspace, scope)
  const total = groups.reduce((sum, { messages }) => sum + messages.length, 0)
  if (total === 0) throw new PosternError('not-found', 'nothing to export')
  const target = await freshFolder(dir, nameFrom(`${name} ${new Date().toISOString().slice(0, 10)}`))
  try {
    const id = workspace.db.write((tx) => {
      const made = begin(tx, 'export', path.basename(target), scope.kind === 'mailbox' ? scope.mailboxId : null, [
        target,
      ])
      tx.run('UPDATE transfers SET total = ? WHERE id = ?', total, made)
      workspace.accessLog.append(tx, {
        who: agent(getSettings(tx).agentName),
        act: 'exported',
        object: { kind: scope.kind, id: idOf(scope) },
        detail: {
          messages: total,
          format,
          ...(scope.kind === 'conversations' ? { conversations: scope.ids.length } : {}),
        },
      })
      return made
    })
    void run(workspace, id, target, groups, format)
    return { id }
  } catch (fault) {
    await rmdir(target).catch(() => undefined)
    throw fault
  }
}

/** Conversations are told by how many they are. */
const idOf = (scope: ExportScope): number =>
  scope.kind === 'mailbox' ? scope.mailboxId : scope.kind === 'folder' ? scope.folderId : 0

async function run(
  workspace: Workspace,
  id: number,
  target: string,
  groups: readonly Group[],
  format: MailFormat,
): Promise<void> {
  const finish = (state: 'done' | 'failed', error: string | null): void =>
    workspace.db.write((tx) => endTransfer(tx, id, state, error))
  let done = 0
  let left = 0
  /** What is in files that stay, whatever comes. */
  let whole = { done, left }
  try {
    const names = new Set<string>()
    for (const { name, messages } of groups) {
      await writers[format](workspace, target, freeName(names, nameFrom(name)), async (write) => {
        for (const message of messages) {
          // Gone since the export began, or its whole is on the server only and not to be had now: a part must not pass for the message.
          if (!(await isWhole(workspace, message.id))) left++
          else await write(sourceOf(workspace.db.read, message.id), message)
          done++
          // The one file of a folder stays only when it is whole.
          if (format !== 'mbox') whole = { done, left }
          if (done % noteEvery === 0) {
            if (!isRunning(workspace.db.read, id)) throw new PosternError('cancelled')
            progress(workspace, id, done, left)
          }
          await breathe()
        }
      })
      whole = { done, left }
    }
    progress(workspace, id, done, left)
    finish((await dropIfEmpty(workspace, id, target)) ? 'done' : 'failed', null)
  } catch (fault) {
    const error = PosternError.from(fileError(fault))
    const cancelled = error.code === 'cancelled'
    if (!cancelled) log.warn('export failed', { code: error.code })
    try {
      await dropIfEmpty(workspace, id, target)
      progress(workspace, id, whole.done, whole.left)
      if (!cancelled) finish('failed', error.code)
    } catch {
      // The database was closed meanwhile: the next start says that it was broken off.
    }
  }
}

async function isWhole(workspace: Workspace, id: number): Promise<boolean> {
  // Asked when it is its turn: since the export began its mailbox may have been told to keep less, or been removed.
  const isHere = (): boolean =>
    workspace.db.read.get('SELECT 1 FROM messages WHERE id = ? AND part = 0', id) !== undefined
  if (isHere()) return true
  try {
    await fetchWhole(workspace, id)
    return isHere()
  } catch (fault) {
    if (!(fault instanceof PosternError)) throw fault
    return false
  }
}

function progress(workspace: Workspace, id: number, done: number, left: number): void {
  workspace.db.write((tx) => {
    tx.run('UPDATE transfers SET done = ?1, messages = ?1 - ?2, left = ?2 WHERE id = ?3', done, left, id)
    tx.changes.touched('transfers')
  }, 'normal')
}

const columns = 'm.id, m.date, m.from_address, m.subject, m.seen'

function chosen(workspace: Workspace, scope: ExportScope): { name: string; groups: Group[] } {
  const { read } = workspace.db
  if (scope.kind === 'conversations') {
    const ids = JSON.stringify(scope.ids.map((id) => survivorOf(read, id)))
    const messages = read.all<Chosen>(
      `SELECT ${columns}, (SELECT flags | m.seen FROM locations WHERE message_id = m.id ORDER BY flags & 4 DESC LIMIT 1) AS flags FROM messages m WHERE m.conversation_id IN (SELECT value FROM json_each(?)) AND m.place IN ${shownPlaces} ORDER BY m.date, m.id`,
      ids,
    )
    return { name: 'Conversations', groups: messages.length === 0 ? [] : [{ name: 'Conversations', messages }] }
  }
  const folders = read.all<{ id: number; path: string; delimiter: string | null; name: string }>(
    `SELECT f.id, f.path, f.delimiter, b.name FROM folders f JOIN mailboxes b ON b.id = f.mailbox_id WHERE ${scope.kind === 'mailbox' ? 'f.mailbox_id' : 'f.id'} = ? ORDER BY f.id`,
    scope.kind === 'mailbox' ? scope.mailboxId : scope.folderId,
  )
  const groups = folders.map((folder): Group => ({
    name: folder.delimiter === null ? folder.path : folder.path.replaceAll(folder.delimiter, '.'),
    messages: read.all<Chosen>(
      `SELECT ${columns}, l.flags FROM locations l JOIN messages m ON m.id = l.message_id WHERE l.folder_id = ? ORDER BY m.date, m.id, l.uid`,
      folder.id,
    ),
  }))
  return { name: folders[0]?.name ?? 'Mail', groups: groups.filter(({ messages }) => messages.length > 0) }
}

type Write = (raw: Uint8Array, message: Chosen) => Promise<void>
/** Gives `each` what writes one message of the folder `name`. When that throws, no file is left that holds a part, and none without a message. */
type FolderWriter = (
  workspace: Workspace,
  dir: string,
  name: string,
  each: (write: Write) => Promise<void>,
) => Promise<void>

const writers: Readonly<Record<MailFormat, FolderWriter>> = {
  async mbox(workspace, dir, name, each) {
    const target = path.join(dir, `${name}.mbox`)
    let isEmpty = true
    await writeWhole(workspace, target, (file) =>
      each((raw, { from_address: from, date, flags, seen }) => {
        isEmpty = false
        return file.writeFile(mboxEntry(raw, from, date, flags ?? seen))
      }),
    )
    if (isEmpty) await rm(target)
  },
  async maildir(workspace, dir, name, each) {
    const base = path.join(dir, name)
    const parts = ['cur', 'new', 'tmp'].map((part) => path.join(base, part))
    for (const part of parts) await mkdir(part, { recursive: true, mode: 0o700 })
    let count = 0
    // Windows knows no colon in a file name.
    const mark = process.platform === 'win32' ? ';' : ':'
    await orNothing([...parts, base], () =>
      writeEach(workspace, path.join(base, 'tmp', 'postern'), (write) =>
        each((raw, { date, flags, seen }) =>
          write(
            path.join(
              base,
              'cur',
              `${Math.floor(date / 1000)}.P${++count}.postern,S=${raw.byteLength}${mark}2,${maildirFlags(flags ?? seen)}`,
            ),
            raw,
            new Date(date),
          ),
        ),
      ),
    )
  },
  async eml(workspace, dir, name, each) {
    const base = path.join(dir, name)
    await mkdir(base, { recursive: true, mode: 0o700 })
    const names = new Set<string>()
    await orNothing([base], () =>
      writeEach(workspace, path.join(base, 'message.part'), (write) =>
        each((raw, { date, subject }) => {
          const stamp = new Date(date).toISOString().slice(0, 16).replace('T', ' ').replace(':', '')
          const file = freeName(names, nameFrom(`${stamp} ${subject.slice(0, 80)}`.trim()))
          return write(path.join(base, `${file}.eml`), raw, new Date(date))
        }),
      ),
    )
  },
}

/** Folders in which nothing was written go again; the first is the one that mail lies in. */
async function orNothing(folders: readonly string[], work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } finally {
    try {
      for (const folder of folders) await rmdir(folder)
    } catch {
      // It holds mail.
    }
  }
}

/** As a Maildir says it: letters in the order of the alphabet. */
function maildirFlags(flags: number): string {
  return [
    [16, 'D'],
    [4, 'F'],
    [2, 'R'],
    [1, 'S'],
    [8, 'T'],
  ]
    .map(([bit, letter]) => ((flags & Number(bit)) === 0 ? '' : letter))
    .join('')
}

async function freshFolder(dir: string, name: string): Promise<string> {
  for (let n = 1; ; n++) {
    const target = path.join(dir, n === 1 ? name : `${name} (${n})`)
    try {
      await mkdir(target, { mode: 0o700 })
      return target
    } catch (fault) {
      const error = fileError(fault)
      if (!(error instanceof PosternError) || error.code !== 'conflict') throw error
    }
  }
}

/** What is written behind a name (a number, an ending, what marks a part) needs room: file systems take 255 bytes. */
const nameFrom = (text: string): string => safeFileName(text, 200)

/** A name that was not given yet; where letters of both cases are one, two names never are one file. */
function freeName(names: Set<string>, name: string): string {
  let free = name
  for (let n = 2; names.has(free.toLowerCase()); n++) free = `${name} (${n})`
  names.add(free.toLowerCase())
  return free
}
