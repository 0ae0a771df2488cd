import { decodeWords } from 'postal-mime'
import type { ParsedMessage } from '../../../src-preload/contract/internal'
import { PosternError } from '../../../src-preload/contract/errors'
import { contentHash } from '../../shared/content-hash'
import { packMessage } from '../../shared/message-body'
import { addressList, messageIds, plainLine, sender } from './addresses'
import { attachmentKind, displayName } from './attachment-kind'
import { autoKind } from './auto-kind'
import { deliveryReport } from './delivery-report'
import { viewHtml, type HtmlView } from './html-view'
import { cutAtCharacter, snippetOf } from './message-text'
import { repairCharsets } from './charset-repair'
import { readMime, type MimeMessage, type MimePart } from './mime'

/** What is shown of a body at most; the source stays whole (R25). */
const longestText = 1024 * 1024
const longestHtml = 2 * 1024 * 1024
const longestSearchText = 1024 * 1024
const mostParts = 10_000
/** Characters of text that are handed along for the search index; longer ones it reads from the stored message. */
const longestHanded = 64 * 1024
/** Beyond this a message is kept and shown raw only; parsing it would cost minutes. */
const largestParsed = 150 * 1024 * 1024

/**
 * Raw bytes of a message to what the store keeps. Never rejects: what cannot be understood comes back with the reason
 * in `unreadable` and its source kept (R24).
 */
export async function parseMessage(raw: Uint8Array): Promise<ParsedMessage> {
  try {
    if (raw.byteLength > largestParsed) return unreadableMessage(raw, 'too-large')
    const mime = await repairCharsets(raw, await readMime(raw), readMime)
    if (mime.parts.length > mostParts) return unreadableMessage(raw, 'too-many-parts')
    return build(raw, mime)
  } catch (error) {
    return unreadableMessage(raw, reasonOf(error))
  }
}

/** The message with its source only. `reason` is one plain word or sentence for the log and the raw card. */
export function unreadableMessage(raw: Uint8Array, reason: string): ParsedMessage {
  const start = Buffer.from(raw.buffer, raw.byteOffset, Math.min(raw.byteLength, 64 * 1024)).toString('utf8')
  const header = (name: string): string => new RegExp(`^${name}:[ \\t]*(.{0,500})`, 'im').exec(start)?.[1]?.trim() ?? ''
  let subject = ''
  let from = { address: { name: '', address: '' }, suspicious: true }
  try {
    subject = plainLine(decodeWords(header('Subject')), 500)
    from = sender([header('From')])
  } catch {
    // Even the header is beyond reading; the raw view shows it.
  }
  const written = { subject, from: from.address, date: null, to: [], cc: [], attachments: [], unreadable: reason }
  const messageId = messageIds(header('Message-ID'), 1)[0] ?? null
  return {
    ...written,
    messageId,
    contentHash: contentHash(written, subject, messageId === null ? raw : null),
    inReplyTo: [],
    references: [],
    fromSuspicious: true,
    replyTo: [],
    bcc: [],
    autoKind: 'none',
    snippet: '',
    remoteCount: 0,
    remoteUrls: [],
    posternId: null,
    ...packMessage({ text: '', html: null, textSuffices: true, cut: false }, raw),
    rawSize: raw.byteLength,
  }
}

/** Bytes of one attachment, by its index in ParsedMessage.attachments. Throws `not-found` or `unreadable`. */
export async function extractPart(raw: Uint8Array, index: number): Promise<{ type: string; bytes: Uint8Array }> {
  let mime: MimeMessage
  try {
    mime = await readMime(raw)
  } catch (error) {
    throw new PosternError('unreadable', reasonOf(error))
  }
  const part = mime.parts[index]
  if (!part) throw new PosternError('not-found', 'no such part')
  return { type: attachmentKind(nameOf(part), part.type, part.content).type, bytes: part.content }
}

function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : ''
  if (/nesting/i.test(message)) return 'nested-too-deep'
  if (/header size/i.test(message)) return 'headers-too-large'
  return error instanceof RangeError ? 'too-large' : 'malformed'
}

function nameOf(part: MimePart): string {
  return displayName(part.filename, part.type)
}

function build(raw: Uint8Array, mime: MimeMessage): ParsedMessage {
  const byKey = new Map<string, string[]>()
  for (const { key, value } of mime.headers) {
    const known = byKey.get(key)
    if (known) known.push(value)
    else byKey.set(key, [value])
  }
  const all = (key: string): string[] => byKey.get(key) ?? []
  const first = (key: string): string | undefined => byKey.get(key)?.[0]
  const from = sender(all('from'))
  const body = bodyOf(mime)
  const subject = plainLine(decodeWords((first('subject') ?? '').slice(0, 10_000)), 2000)
  const attachments = mime.parts.map((part, index) => {
    const kind = attachmentKind(nameOf(part), part.type, part.content)
    const contentId = part.contentId === null ? null : part.contentId.trim().replace(/^<|>$/g, '').slice(0, 998)
    return {
      index,
      name: nameOf(part),
      type: kind.type,
      size: part.content.byteLength,
      dangerous: kind.dangerous,
      contentId,
      inline:
        contentId !== null &&
        kind.type.startsWith('image/') &&
        (part.related || part.disposition === 'inline') &&
        (body.html?.includes('cid:') ?? false),
    }
  })
  const kind = autoKind({ first, contentType: first('content-type') ?? '', fromAddress: from.address.address })
  const messageId = messageIds(first('message-id'), 1)[0] ?? null
  const inReplyTo = messageIds(first('in-reply-to'), 100)
  const references = messageIds(first('references'), 200)
  const report =
    kind === 'bounce'
      ? deliveryReport(raw, messageId, first('x-failed-recipients'), [...inReplyTo, ...references])
      : null
  const names = attachments
    .filter((part) => !part.inline)
    .map((part) => part.name)
    .join(' ')
  const words = cutAtCharacter(
    [body.fullText.trimEnd(), body.more, names].filter((piece) => piece !== '').join('\n'),
    longestSearchText,
  )
  const written = {
    subject,
    from: from.address,
    date: dateOf(first('date')),
    to: addressList(all('to')),
    cc: addressList(all('cc')),
    attachments,
    unreadable: null,
  }
  return {
    ...written,
    messageId,
    contentHash: contentHash(written, words, messageId === null && written.date === null ? raw : null),
    // A report belongs to the conversation of the message that it is about.
    inReplyTo: inReplyTo.length === 0 && report ? report.messageIds : inReplyTo,
    references,
    fromSuspicious: from.suspicious,
    replyTo: addressList(all('reply-to')),
    bcc: addressList(all('bcc')),
    ...deliveredTo(all, written),
    autoKind: kind,
    snippet: snippetOf(body.text),
    remoteCount: body.remote.remoteCount,
    remoteUrls: [...body.remote.remoteUrls],
    posternId: first('x-postern-id')?.trim().slice(0, 200) ?? null,
    report,
    ...handedWords(body),
    ...packMessage(
      { text: body.text, html: body.html, textSuffices: body.textSuffices, cut: body.cut },
      raw,
      mime.places,
      body.more,
    ),
    rawSize: raw.byteLength,
  }
}

/** What `unpackSearchText` gives of the packed message. */
function handedWords({ text, more }: Body): Pick<ParsedMessage, 'words'> {
  if (text.length + more.length > longestHanded) return {}
  return { words: Buffer.from(more === '' ? text : `${text}\n${more}`) }
}

/** Headers in which servers name the address that a message was delivered to; none of them is standard, each is common. */
const deliveryHeaders = ['delivered-to', 'x-original-to', 'x-delivered-to', 'envelope-to', 'x-envelope-to']

/** Only what To and Cc do not say, so that nothing is kept twice. */
function deliveredTo(
  all: (key: string) => string[],
  { to, cc }: Pick<ParsedMessage, 'to' | 'cc'>,
): Pick<ParsedMessage, 'deliveredTo'> {
  const names = deliveryHeaders
    .flatMap(all)
    .flatMap((value) => /^<?([^\s<>,;@]{1,128}@[^\s<>,;@]{1,190})>?$/.exec(value.trim())?.[1] ?? [])
  if (names.length === 0) return {}
  const said = new Set([...to, ...cc].map(({ address }) => address.toLowerCase()))
  const found = [...new Map(names.map((name) => [name.toLowerCase(), name])).entries()]
    .flatMap(([key, name]) => (said.has(key) ? [] : [name]))
    .slice(0, 10)
  return found.length === 0 ? {} : { deliveredTo: found }
}

interface Body {
  text: string
  html: string | null
  textSuffices: boolean
  cut: boolean
  fullText: string
  more: string
  remote: Pick<HtmlView, 'remoteCount' | 'remoteUrls'>
}

function bodyOf(mime: MimeMessage): Body {
  const fullHtml = mime.html !== null && mime.html.trim() !== '' ? mime.html : null
  const html = fullHtml === null ? null : cutAtCharacter(fullHtml, longestHtml).trimEnd()
  const plain = mime.text !== null && mime.text.trim() !== '' ? mime.text : null
  const view = html === null ? null : viewHtml(html, plain)
  const fullText = plain ?? view?.text() ?? ''
  const text = cutAtCharacter(fullText, longestText).trimEnd()
  const cut = fullText.length > longestText || (fullHtml !== null && fullHtml.length > longestHtml)
  return {
    text,
    html,
    cut,
    textSuffices: view === null || (view.plain && (plain === null || view.same)),
    // A text part that says something else than the HTML ("view in browser") must not hide the HTML's words.
    fullText,
    more: plain !== null && view !== null && !view.same ? missingWords(fullText.trimEnd(), view.text()) : '',
    remote: view ?? { remoteCount: 0, remoteUrls: [] },
  }
}

/** Of `other` the lines that `text` has not. */
function missingWords(text: string, other: string): string {
  const bare = (line: string): string => line.replace(/[\s>•*\-_]+/g, '')
  const known = bare(text)
  const lines = other.split('\n')
  // Looking each line up in the text is for ordinary lengths; beyond them both are kept whole.
  if (known.length > 100_000 || lines.length > 400) return other
  return lines
    .filter((line) => {
      const words = bare(line)
      return words !== '' && !known.includes(words)
    })
    .join('\n')
}

/** The Date header in milliseconds; null when it is unreadable, before 1980 or more than two days ahead. */
function dateOf(value: string | undefined): number | null {
  if (value === undefined || value.length > 200) return null
  // Comments such as (CEST), and zones that Date does not know, must not cost the date.
  const plain = value.replace(/\([^()]*\)/g, ' ').trim()
  const time = [plain, plain.replace(/\s[A-Z]{1,5}$/, ' +0000')]
    .map((text) => Date.parse(text))
    .find((parsed) => Number.isFinite(parsed))
  if (time === undefined) return null
  return time < Date.UTC(1980, 0, 1) || time > Date.now() + 2 * 86_400_000 ? null : time
}
