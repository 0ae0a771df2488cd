import { PosternError } from '../../../src-preload/contract/errors'
import { imageType, isPdf, safeFileName } from '../../shared/guards'
import { unpackSource } from '../../shared/message-body'
import type { Reader } from '../file/database'
import { writeWhole } from '../file/whole-file'
import { fetchWhole } from './parts'
import { parseTexts } from '../rows'
import type { Workspace } from '../workspace'

interface AttachmentRow {
  id: number
  message_id: number
  part: number
  name: string
  type: string
  size: number
  dangerous: number
}

function attachment(read: Reader, id: number): AttachmentRow {
  const row = read.get<AttachmentRow>(
    'SELECT id, message_id, part, name, type, size, dangerous FROM attachments WHERE id = ?',
    id,
  )
  if (!row) throw new PosternError('not-found', 'no such attachment')
  return row
}

/** The message as it was received. */
export function sourceOf(read: Reader, messageId: number): Uint8Array {
  const row = read.get<{ body: Buffer; source: Buffer | null }>(
    'SELECT body, source FROM message_bodies WHERE message_id = ?',
    messageId,
  )
  if (!row) throw new PosternError('not-found', 'no such message')
  return unpackSource(row.body, row.source)
}

/** Parts that were shown lately, in memory only. */
const cache = new Map<number, { type: string; bytes: Uint8Array }>()
const cacheBytes = 24 * 2 ** 20

function remember(id: number, part: { type: string; bytes: Uint8Array }): void {
  if (part.bytes.byteLength > cacheBytes / 4) return
  cache.set(id, part)
  let total = [...cache.values()].reduce((sum, { bytes }) => sum + bytes.byteLength, 0)
  for (const [oldest, { bytes }] of cache) {
    if (total <= cacheBytes) break
    cache.delete(oldest)
    total -= bytes.byteLength
  }
}

/** A removed mailbox's parts, and those of a closed database, must not outlive them. */
export function forgetParts(): void {
  cache.clear()
}

/** Bytes of an attachment. mail takes them out of the source: only it parses what strangers wrote. */
export async function extractPart(workspace: Workspace, id: number): Promise<{ type: string; bytes: Uint8Array }> {
  const known = cache.get(id)
  if (known) {
    cache.delete(id)
    cache.set(id, known)
    return known
  }
  const { message_id: messageId } = attachment(workspace.db.read, id)
  await fetchWhole(workspace, messageId)
  const { part } = attachment(workspace.db.read, id)
  const mail = workspace.mail()
  if (!mail) throw new PosternError('service-restarting', 'mail is not there')
  const extracted = await mail.call('part.extract', { raw: sourceOf(workspace.db.read, messageId), index: part })
  remember(id, extracted)
  return extracted
}

const mostText = 1_000_000
const mostPdf = 50_000_000

/** Where an attachment is, as far as the connection shows it. @throws PosternError `not-found` */
export function attachmentSource(read: Reader, id: number): { raw: Uint8Array; index: number; type: string } {
  const { message_id: messageId, part, type } = attachment(read, id)
  return { raw: sourceOf(read, messageId), index: part, type }
}

/** A picture or PDF by its content, or plain text, for a window that only shows. @throws PosternError `not-allowed` for other kinds */
export async function shownPart(
  workspace: Workspace,
  { raw, index, type }: ReturnType<typeof attachmentSource>,
): Promise<{ image: { type: string; bytes: Uint8Array } | null; pdf: Uint8Array | null; text: string | null }> {
  const mail = workspace.mail()
  if (!mail) throw new PosternError('service-restarting', 'mail is not there')
  const { bytes } = await mail.call('part.extract', { raw, index })
  const image = imageType(bytes)
  if (image !== null) return { image: { type: image, bytes }, pdf: null, text: null }
  if (isPdf(bytes) && bytes.byteLength <= mostPdf) return { image: null, pdf: bytes, text: null }
  if (!/^text\/(plain|csv)$/i.test(type) || bytes.byteLength > mostText)
    throw new PosternError('not-allowed', 'this kind is not shown', { grant: true })
  return { image: null, pdf: null, text: new TextDecoder('utf-8').decode(bytes) }
}

/** An image part by its content, whatever its header calls it (R22). @throws PosternError `not-allowed` for other kinds */
export async function imagePart(workspace: Workspace, id: number): Promise<{ type: string; bytes: Uint8Array }> {
  const { bytes } = await extractPart(workspace, id)
  const type = imageType(bytes)
  if (type === null) throw new PosternError('not-allowed', 'not an image that can be shown')
  return { type, bytes }
}

/**
 * A remote image of a message, when a person allowed it for that message (R13) and the message names that address.
 * @throws PosternError `not-allowed`, or what the fetch met
 */
export async function remoteImage(
  workspace: Workspace,
  messageId: number,
  url: string,
): Promise<{ type: string; bytes: Uint8Array }> {
  const row = workspace.db.read.get<{ remote_allowed: number; remote_urls: string | null }>(
    'SELECT m.remote_allowed, b.remote_urls FROM messages m JOIN message_bodies b ON b.message_id = m.id WHERE m.id = ?',
    messageId,
  )
  if (!row) throw new PosternError('not-found', 'no such message')
  if (row.remote_allowed !== 1) throw new PosternError('not-allowed', 'remote content is not allowed for this message')
  if (row.remote_urls === null || !parseTexts(row.remote_urls).includes(url))
    throw new PosternError('not-allowed', 'the message does not name this address')
  const mail = workspace.mail()
  if (!mail) throw new PosternError('service-restarting', 'mail is not there')
  const { bytes } = await mail.call('image.fetch', { url })
  const type = imageType(bytes)
  if (type === null) throw new PosternError('unreadable', 'not an image')
  return { type, bytes }
}

export function attachmentInfo(
  read: Reader,
  id: number,
): { name: string; type: string; size: number; dangerous: boolean } {
  const { name, type, size, dangerous } = attachment(read, id)
  return { name: safeFileName(name), type, size, dangerous: dangerous === 1 }
}

/**
 * Writes an attachment to a file: mode 0600, never over an old one unless a person said so, whole or not at all.
 * @throws PosternError `conflict` when the file is there, `disk-full`, `disk-error`
 */
export async function writeAttachment(
  workspace: Workspace,
  id: number,
  path: string,
  overwrite: boolean,
): Promise<void> {
  const { bytes } = await extractPart(workspace, id)
  await writeWhole(workspace, path, (file) => file.writeFile(bytes), overwrite ? 'over' : 'new')
}
