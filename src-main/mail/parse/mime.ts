import PostalMime, { type Email } from 'postal-mime'
import type { Places } from '../../shared/message-body'
import { errorField } from '../network-error'
import { readSimpleMime, withoutLastLineEnd } from './mime-simple'

/** A message taken apart, before anything is decided about it. */
export interface MimeMessage {
  /** In the order of the message; keys in lower case, values unfolded and not decoded. */
  readonly headers: readonly MimeHeader[]
  readonly text: string | null
  readonly html: string | null
  readonly parts: readonly MimePart[]
  /** Where in the source text and HTML stand, when each is one part that is not encoded. */
  readonly places?: Places
}
export interface MimeHeader {
  readonly key: string
  readonly value: string
}
export interface MimePart {
  readonly filename: string | null
  /** As declared, lower case. */
  readonly type: string
  readonly disposition: string | null
  readonly contentId: string | null
  readonly related: boolean
  readonly content: Uint8Array
}

const limits = { maxNestingDepth: 120, maxHeadersSize: 2 * 1024 * 1024, maxRfc822NestingDepth: 5 }

/**
 * Takes a message apart. The common structures go through a reader of our own, which gives what postal-mime gives at a
 * fraction of its time; everything else goes to postal-mime. Rejects when the message is beyond the limits.
 */
export async function readMime(raw: Uint8Array): Promise<MimeMessage> {
  return readSimpleMime(raw) ?? (await readAnyMime(raw))
}

/** What postal-mime makes of it, in the form that both readers share. */
export async function readAnyMime(raw: Uint8Array): Promise<MimeMessage> {
  const parser = new PostalMime(limits)
  const email = await parser.parse(raw)
  return fromPostalMime(email, contentsBeforeBoundary(errorField(parser, 'root')))
}

function fromPostalMime(email: Email, ended: ReadonlySet<unknown>): MimeMessage {
  return {
    headers: email.headers.map(({ key, value }) => ({ key, value })),
    text: email.text ?? null,
    html: email.html ?? null,
    parts: email.attachments.map((part) => ({
      filename: part.filename,
      type: part.mimeType,
      disposition: part.disposition,
      contentId: part.contentId ?? null,
      related: part.related === true,
      content: ended.has(part.content) ? withoutLastLineEnd(bytesOf(part.content)) : bytesOf(part.content),
    })),
  }
}

/**
 * Contents of parts that are written as they are: the line end before the boundary belongs to the boundary (RFC 2046 5.1.1),
 * and postal-mime leaves it to the part. It says nowhere else how a part was encoded.
 */
function contentsBeforeBoundary(node: unknown, isPart = false, found = new Set<unknown>()): Set<unknown> {
  const encoding = errorField(errorField(node, 'contentTransferEncoding'), 'encoding')
  if (isPart && encoding !== 'base64') found.add(errorField(node, 'content'))
  const children = errorField(node, 'childNodes')
  if (Array.isArray(children)) for (const child of children) contentsBeforeBoundary(child, true, found)
  return found
}

function bytesOf(content: ArrayBuffer | Uint8Array | string): Uint8Array {
  if (typeof content === 'string') return Buffer.from(content, 'utf8')
  return content instanceof Uint8Array ? content : new Uint8Array(content)
}
