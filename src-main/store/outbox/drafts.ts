import { draftFilesLimit } from '../../../src-preload/contract/draft-files'
import { PosternError } from '../../../src-preload/contract/errors'
import type { Address, Draft, DraftContent, DraftFile, DraftKind } from '../../../src-preload/contract/mail'
import { unpackView } from '../../shared/message-body'
import { prefixedSubject } from '../../shared/threading'
import type { Reader, Writer } from '../file/database'
import { extractPart } from '../mail/files'
import { fetchWhole } from '../mail/parts'
import { answerFrom } from './identities'
import { shownPlaces } from '../mail/places'
import { addressKey } from '../../../src-preload/contract/address'
import { displayName, parsePeople, parseRecipients } from '../rows'
import { basisOf, sinceOf } from './since'
import { markWork } from '../conversations/summary'
import { tellDraft } from './draft-marks'
import { survivorOf } from '../threads/threads'
import type { Workspace } from '../workspace'

interface DraftRow {
  id: number
  state: string
  kind: DraftKind
  conversation_id: number | null
  message_id: number | null
  mailbox_id: number
  base_version: number
  recipients: string
  subject: string
  html: string
  text: string
  quote: string | null
  updated_at: number
  sender: string
  signed: number
}

function draftOf(read: Reader, row: DraftRow): Draft {
  const files = read.all<DraftFile>(
    'SELECT id, name, type, size FROM draft_files WHERE draft_id = ? ORDER BY id',
    row.id,
  )
  return {
    id: row.id,
    kind: row.kind,
    conversationId: row.conversation_id,
    messageId: row.message_id,
    mailboxId: row.mailbox_id,
    from: row.sender,
    signed: row.signed === 1,
    baseVersion: row.base_version,
    ...parseRecipients(row.recipients),
    subject: row.subject,
    html: row.html,
    text: row.text,
    quote: row.quote,
    files,
    updatedAt: row.updated_at,
    since: row.state === 'open' ? sinceOf(read, row.id) : [],
  }
}

export function listDrafts(read: Reader): Draft[] {
  return read
    .all<DraftRow>("SELECT * FROM drafts WHERE state = 'open' ORDER BY updated_at DESC")
    .map((row) => draftOf(read, row))
}

export function draftIn(read: Reader, conversationId: number): Draft | null {
  const row = read.get<DraftRow>(
    "SELECT * FROM drafts WHERE conversation_id = ? AND state = 'open' ORDER BY id LIMIT 1",
    conversationId,
  )
  return row ? draftOf(read, row) : null
}

/** @throws PosternError `not-found`; `conflict` when it was sent or discarded meanwhile */
export function openDraft(read: Reader, id: number): Draft {
  const row = read.get<DraftRow>('SELECT * FROM drafts WHERE id = ?', id)
  if (!row) throw new PosternError('not-found', 'no such draft')
  if (row.state !== 'open') throw new PosternError('conflict', 'the draft is no longer open')
  return draftOf(read, row)
}

/** A draft in whatever state, for its outbox item. */
export function queuedDraft(read: Reader, id: number): Draft | null {
  const row = read.get<DraftRow>('SELECT * FROM drafts WHERE id = ?', id)
  return row ? draftOf(read, row) : null
}

export interface Start {
  readonly kind: DraftKind
  readonly conversationId: number | null
  readonly messageId: number | null
  readonly mailboxId: number | null
  readonly visibleText: string | null
  /** The draft in whose place it comes; its files go along. */
  readonly instead?: number | null
}

interface Original {
  id: number
  conversation_id: number
  direction: number
  from_name: string
  from_address: string
  people: string
  subject: string
  date: number
}

/**
 * Begins a draft with recipients, subject and quote filled in, or returns the one that the conversation already has.
 * @throws PosternError `not-found`, what fetching a message that is passed on met; `conflict` when the one in whose place it comes was
 * sent or discarded meanwhile
 */
export async function startDraft(workspace: Workspace, start: Start): Promise<Draft> {
  const { read } = workspace.db
  const conversationId = start.conversationId === null ? null : survivorOf(read, start.conversationId)
  const known = conversationId === null ? null : draftIn(read, conversationId)
  const instead = start.instead ?? null
  if (known && !isOpen(read, instead)) return known
  const original = start.kind === 'new' ? null : originalOf(read, conversationId, start.messageId)
  if (start.kind !== 'new' && !original) throw new PosternError('not-found', 'nothing to answer')
  const chosen =
    start.mailboxId !== null && read.get('SELECT 1 FROM mailboxes WHERE id = ? AND local = 0', start.mailboxId)
  const from = answerFrom(read, original)
  if (!from) throw new PosternError('not-found', 'there is no mailbox')
  const mailboxId = chosen && start.mailboxId !== null ? start.mailboxId : from.mailboxId
  // What was on screen was a part only.
  const grew = original && start.kind === 'forward' && (await nowWhole(workspace, original.id))
  const files = original && start.kind === 'forward' ? await filesOf(workspace, original.id) : []
  const content = original
    ? contentFor(workspace, grew ? { ...start, visibleText: null } : start, original)
    : { to: [], cc: [], bcc: [], subject: '', quote: null }
  const id = workspace.db.write((tx) => {
    // While files were taken out another window may have begun one.
    const other = conversationId === null ? null : draftIn(tx, conversationId)
    if (other && !isOpen(tx, instead)) return other.id
    const before = instead === null ? null : openDraft(tx, instead)
    if (before) discardDraft(tx, workspace, before.id)
    const version =
      conversationId === null
        ? 0
        : (tx.get<{ version: number }>('SELECT version FROM conversations WHERE id = ?', conversationId)?.version ?? 0)
    const { to, cc, bcc, subject, quote } = content
    const made = Number(
      tx.run(
        "INSERT INTO drafts(kind, conversation_id, message_id, mailbox_id, base_version, recipients, subject, html, text, quote, updated_at, basis, sender, signed) VALUES(?, ?, ?, ?, ?, ?, ?, '', '', ?, ?, ?, ?, 1)",
        start.kind,
        conversationId,
        original?.id ?? null,
        mailboxId,
        version,
        JSON.stringify({ to, cc, bcc }),
        subject,
        quote,
        Date.now(),
        basisOf(tx, conversationId),
        mailboxId === from.mailboxId ? from.address : '',
      ).lastInsertRowid,
    )
    for (const file of files)
      tx.run(
        'INSERT INTO draft_files(draft_id, name, type, size, bytes) VALUES(?, ?, ?, ?, ?)',
        made,
        file.name,
        file.type,
        file.bytes.byteLength,
        file.bytes,
      )
    if (before)
      for (const { id: file } of addedFiles(tx, before))
        tx.run('UPDATE draft_files SET draft_id = ? WHERE id = ?', made, file)
    changed(tx, workspace, made, conversationId)
    return made
  })
  return openDraft(read, id)
}

/** Whether a draft can give its place to another: beside it there may be one that was brought back. */
const isOpen = (read: Reader, id: number | null): boolean =>
  id !== null && read.get("SELECT 1 FROM drafts WHERE id = ? AND state = 'open'", id) !== undefined

/** The files of a draft that are not those of the message which it passes on. */
function addedFiles(read: Reader, { kind, messageId, files }: Draft): readonly DraftFile[] {
  if (kind !== 'forward' || messageId === null) return files
  const passedOn = read
    .all<{ name: string; type: string }>(
      'SELECT name, type FROM attachments WHERE message_id = ? AND inline = 0',
      messageId,
    )
    .map(({ name, type }) => `${type} ${name}`)
  return files.filter(({ name, type }) => {
    const at = passedOn.indexOf(`${type} ${name}`)
    if (at >= 0) passedOn.splice(at, 1)
    return at < 0
  })
}

/** The message that is answered: the given one, else the newest from outside, else the newest. Never a delivery report: nobody reads its address. */
function originalOf(read: Reader, conversationId: number | null, messageId: number | null): Original | undefined {
  const select = `SELECT id, conversation_id, direction, from_name, from_address, people, subject, date FROM messages WHERE place IN ${shownPlaces}`
  if (messageId !== null) return read.get<Original>(`${select} AND id = ? AND conversation_id IS NOT NULL`, messageId)
  return conversationId === null
    ? undefined
    : read.get<Original>(
        `${select} AND conversation_id = ? ORDER BY auto_kind IN ('bounce', 'auto-reply'), direction, date DESC, id DESC LIMIT 1`,
        conversationId,
      )
}

type Filled = Pick<DraftContent, 'to' | 'cc' | 'bcc' | 'subject' | 'quote'>

function contentFor(workspace: Workspace, start: Start, original: Original): Filled {
  const text = start.visibleText ?? textOf(workspace.db.read, original.id)
  if (start.kind === 'forward')
    return {
      to: [],
      cc: [],
      bcc: [],
      subject: prefixedSubject('Fwd', original.subject),
      quote: forwarded(original, text),
    }
  return {
    ...recipients(workspace.own, start.kind, original),
    bcc: [],
    subject: prefixedSubject('Re', original.subject),
    quote: quoted(original, text),
  }
}

function textOf(read: Reader, messageId: number): string {
  const row = read.get<{ body: Buffer }>('SELECT body FROM message_bodies WHERE message_id = ?', messageId)
  return row ? unpackView(row.body).text : ''
}

/** Who gets the answer: where the sender wants it, at reply-all everybody else too, and never ourselves. */
function recipients(own: ReadonlySet<string>, kind: DraftKind, original: Original): { to: Address[]; cc: Address[] } {
  const people = parsePeople(original.people)
  const others = unique(own)
  const sender = { name: original.from_name, address: original.from_address }
  const replyTo = others(people.replyTo)
  // An answer to our own message goes to those it went to.
  const to = original.direction === 1 ? others(people.to) : replyTo.length > 0 ? replyTo : others([sender])
  if (kind !== 'reply-all') return { to, cc: [] }
  const also = original.direction === 1 ? [] : others(people.to)
  return { to: [...to, ...also], cc: others(people.cc) }
}

/** A filter that lets each address pass once, and our own never. */
function unique(own: ReadonlySet<string>): (people: readonly Address[]) => Address[] {
  const met = new Set(own)
  return (people) =>
    people.filter(({ address }) => {
      const key = addressKey(address)
      if (key === '' || met.has(key)) return false
      met.add(key)
      return true
    })
}

let longDate: Intl.DateTimeFormat | undefined

/** UTC, so that a reply says nothing about where its writer sits (R42). */
function longDateText(at: number): string {
  // Made when it is first used: it costs a start as much as opening the database.
  longDate ??= new Intl.DateTimeFormat('en-GB', {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZone: 'UTC',
  })
  return longDate.format(at)
}

/** The attribution line ends in a colon: what composes the mail sets it above the quote and marks the lines itself. */
function quoted(original: Original, text: string): string {
  return `On ${longDateText(original.date)} UTC, ${displayName(original.from_name, original.from_address)} wrote:\n${lines(text)}`
}

function forwarded(original: Original, text: string): string {
  const { to } = parsePeople(original.people)
  const person = ({ name, address }: Address): string => (name === '' ? address : `${name} <${address}>`)
  return [
    'Forwarded message:',
    `From: ${person({ name: original.from_name, address: original.from_address })}`,
    `Date: ${longDateText(original.date)} UTC`,
    `Subject: ${original.subject}`,
    `To: ${to.slice(0, 20).map(person).join(', ')}`,
    '',
    lines(text),
  ].join('\n')
}

const lines = (text: string): string => text.replace(/\r\n?/g, '\n').replace(/\n+$/, '')

/**
 * A message that is passed on must be here whole, with its files; one that no server has any more is passed on as it is.
 * @returns whether more of it came
 * @throws PosternError where it cannot be fetched now
 */
async function nowWhole(workspace: Workspace, id: number): Promise<boolean> {
  const inPart = (): boolean =>
    workspace.db.read.get('SELECT 1 FROM messages WHERE id = ? AND part <> 0', id) !== undefined
  if (!inPart()) return false
  try {
    await fetchWhole(workspace, id)
  } catch (error) {
    if (PosternError.from(error).code !== 'not-found') throw error
  }
  return !inPart()
}

async function filesOf(
  workspace: Workspace,
  messageId: number,
): Promise<{ name: string; type: string; bytes: Uint8Array }[]> {
  const parts = workspace.db.read.all<{ id: number; name: string; type: string }>(
    'SELECT id, name, type FROM attachments WHERE message_id = ? AND inline = 0 ORDER BY id',
    messageId,
  )
  const files = []
  for (const { id, name, type } of parts) files.push({ name, type, bytes: (await extractPart(workspace, id)).bytes })
  return files
}

/** @throws PosternError `not-found` (draft or mailbox), `conflict` (it is no draft any more) */
export function saveDraft(tx: Writer, id: number, content: DraftContent): { savedAt: number } {
  const draft = openDraft(tx, id)
  if (!tx.get('SELECT 1 FROM mailboxes WHERE id = ? AND removing = 0', content.mailboxId))
    throw new PosternError('not-found', 'no such mailbox')
  const savedAt = Date.now()
  const { to, cc, bcc } = content
  tx.run(
    'UPDATE drafts SET mailbox_id = ?, recipients = ?, subject = ?, html = ?, text = ?, quote = ?, updated_at = ?, sender = ?, signed = ? WHERE id = ?',
    content.mailboxId,
    JSON.stringify({ to, cc, bcc }),
    content.subject,
    content.html,
    content.text,
    content.quote,
    savedAt,
    content.from,
    Number(content.signed),
    id,
  )
  tx.changes.changed('drafts', draft.id)
  return { savedAt }
}

/** Leaves the lists at once; the row goes when the program starts anew, so that the act can be taken back until then. */
export function discardDraft(tx: Writer, workspace: Workspace, id: number): (undo: Writer) => void {
  const draft = openDraft(tx, id)
  tx.run("UPDATE drafts SET state = 'discarded' WHERE id = ?", id)
  changed(tx, workspace, id, draft.conversationId)
  return (undo) => {
    const conversationId = draft.conversationId === null ? null : survivorOf(undo, draft.conversationId)
    // Where another one was begun since, both are there: nobody's words go for those of the other.
    undo.run("UPDATE drafts SET state = 'open' WHERE id = ?", id)
    changed(undo, workspace, id, conversationId)
  }
}

/** @throws PosternError `too-large`, and as `saveDraft` */
export function attachFile(tx: Writer, id: number, name: string, type: string, bytes: Uint8Array): DraftFile {
  const draft = openDraft(tx, id)
  const total = draft.files.reduce((sum, { size }) => sum + size, bytes.byteLength)
  if (total > draftFilesLimit)
    throw new PosternError('too-large', 'files of a draft', { bytes: total, limit: draftFilesLimit })
  const { lastInsertRowid } = tx.run(
    'INSERT INTO draft_files(draft_id, name, type, size, bytes) VALUES(?, ?, ?, ?, ?)',
    id,
    name,
    type,
    bytes.byteLength,
    bytes,
  )
  tx.changes.changed('drafts', id)
  return { id: Number(lastInsertRowid), name, type, size: bytes.byteLength }
}

export function detachFile(tx: Writer, id: number, fileId: number): void {
  openDraft(tx, id)
  if (tx.run('DELETE FROM draft_files WHERE id = ? AND draft_id = ?', fileId, id).changes === 0)
    throw new PosternError('not-found', 'no such file')
  tx.changes.changed('drafts', id)
}

function changed(tx: Writer, workspace: Workspace, id: number, conversationId: number | null): void {
  tx.changes.changed('drafts', id)
  tx.changes.touched('counts')
  if (conversationId === null) return
  markWork(tx, conversationId)
  tellDraft(tx, workspace, conversationId)
}
