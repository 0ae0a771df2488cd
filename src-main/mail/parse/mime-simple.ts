import { isAscii } from 'node:buffer'
import type { Place } from '../../shared/message-body'
import type { MimeHeader, MimeMessage, MimePart } from './mime'
import { decodeWords } from 'postal-mime'

/**
 * A reader for well-formed messages of common structure: text/plain and text/html, alone or in multipart/alternative,
 * mixed and related, with attachments, in 7bit, 8bit, quoted-printable and base64. It gives exactly what postal-mime
 * gives (proved by tests over foreign mail), and null whenever something is out of the ordinary.
 */
export function readSimpleMime(raw: Uint8Array): MimeMessage | null {
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength)
  // Several CRs before an LF count as one line end there; a lone message without any line is nothing ordinary.
  if (bytes.length === 0 || bytes.includes('\r\r')) return null
  const reader = new Reader(bytes)
  return reader.read()
}

interface Entity {
  readonly headers: MimeHeader[]
  readonly type: string
  readonly params: ReadonlyMap<string, string>
  readonly encoding: string
  readonly disposition: { readonly value: string; readonly params: ReadonlyMap<string, string> }
  readonly contentId: string | null
  readonly start: number
  readonly end: number
}

/** Texts of one alternative, or of one part outside of any. */
interface TextGroup {
  plain: string[]
  html: string[]
}

const unusualTypes = new Set([
  'message/rfc822',
  'message/delivery-status',
  'message/feedback-report',
  'text/calendar',
  'application/ics',
  'multipart/digest',
])
const plainEncodings = new Set(['7bit', '8bit', 'binary'])
const deepest = 20
const mostParts = 200
const headerDecoder = new TextDecoder('utf-8', { ignoreBOM: true })

class Unusual extends Error {}

class Reader {
  private readonly groups: TextGroup[] = []
  private readonly parts: MimePart[] = []
  private readonly texts: Entity[] = []
  private count = 0

  constructor(private readonly bytes: Buffer) {}

  read(): MimeMessage | null {
    try {
      const root = this.entity(0, this.bytes.length)
      this.collect(root, null, false, 0, [])
      const texts = this.joined()
      return {
        headers: root.headers,
        text: texts.plain,
        html: texts.html,
        parts: this.parts,
        places: { text: this.placeOf('text/plain'), html: this.placeOf('text/html') },
      }
    } catch (error) {
      if (error instanceof Unusual) return null
      throw error
    }
  }

  private placeOf(type: string): Place | undefined {
    const found = this.texts.filter((entity) => entity.type === type)
    return found.length === 1 && found[0] && plainEncodings.has(found[0].encoding)
      ? [found[0].start, found[0].end]
      : undefined
  }

  /** Splits header and body of the entity in [start, end). */
  private entity(start: number, end: number): Entity {
    this.count += 1
    if (this.count > mostParts) throw new Unusual()
    const body = this.headerEnd(start, end)
    if (body.headerEnd - start > 256 * 1024) throw new Unusual()
    const headers = parseHeaders(headerDecoder.decode(this.bytes.subarray(start, body.headerEnd)))
    const first = (key: string): string | null => headers.find((header) => header.key === key)?.value ?? null
    const type = structured(first('content-type') ?? 'text/plain')
    const disposition = structured(first('content-disposition') ?? '')
    return {
      headers,
      type: type.value,
      params: type.params,
      encoding: (first('content-transfer-encoding') ?? '8bit').toLowerCase(),
      disposition,
      contentId: first('content-id'),
      start: body.bodyStart,
      end,
    }
  }

  private headerEnd(start: number, end: number): { headerEnd: number; bodyStart: number } {
    for (let at = start; at < end;) {
      const lineEnd = this.bytes.indexOf(0x0a, at)
      if (lineEnd === -1 || lineEnd >= end) break
      const length = lineEnd > at && this.bytes[lineEnd - 1] === 0x0d ? lineEnd - at - 1 : lineEnd - at
      if (length === 0) {
        if (at === start) throw new Unusual()
        return { headerEnd: at, bodyStart: lineEnd + 1 }
      }
      at = lineEnd + 1
    }
    throw new Unusual()
  }

  private collect(
    entity: Entity,
    alternative: TextGroup | null,
    related: boolean,
    depth: number,
    outer: readonly string[],
  ): void {
    if (depth > deepest || unusualTypes.has(entity.type)) throw new Unusual()
    if (!entity.type.startsWith('multipart/')) return this.leaf(entity, alternative, related, depth > 0)
    const boundary = entity.params.get('boundary')
    if (
      boundary === undefined ||
      boundary === '' ||
      boundary.length > 200 ||
      !/^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(boundary)
    )
      throw new Unusual()
    // A boundary that begins like one around it needs the exact rules of the line reader.
    if (outer.some((other) => other === boundary)) throw new Unusual()
    const group = entity.type === 'multipart/alternative' ? this.group() : alternative
    for (const [start, end] of this.split(entity, boundary)) {
      this.collect(this.entity(start, end), group, related || entity.type === 'multipart/related', depth + 1, [
        ...outer,
        boundary,
      ])
    }
  }

  /** Ranges of the parts between boundary lines. */
  private split(entity: Entity, boundary: string): [number, number][] {
    const marker = Buffer.from(`--${boundary}`, 'latin1')
    const ranges: [number, number][] = []
    let open = -1
    for (
      let at = this.bytes.indexOf(marker, entity.start);
      at !== -1 && at < entity.end;
      at = this.bytes.indexOf(marker, at + 1)
    ) {
      if (at !== entity.start && this.bytes[at - 1] !== 0x0a) continue
      const lineEnd = this.bytes.indexOf(0x0a, at)
      const stop = lineEnd === -1 || lineEnd > entity.end ? entity.end : lineEnd
      const rest = this.bytes.toString('latin1', at + marker.length, stop)
      const closes = rest.startsWith('--')
      if (!/^[ \t]*\r?$/.test(closes ? rest.slice(2) : rest)) continue
      if (open !== -1) ranges.push([open, at])
      open = -1
      if (closes) return ranges
      if (lineEnd === -1 || lineEnd >= entity.end) throw new Unusual()
      open = lineEnd + 1
    }
    // Without a closing line the last part ends with what is around it.
    if (open !== -1) ranges.push([open, entity.end])
    return ranges
  }

  private group(): TextGroup {
    const group: TextGroup = { plain: [], html: [] }
    this.groups.push(group)
    return group
  }

  private leaf(entity: Entity, alternative: TextGroup | null, related: boolean, isPart: boolean): void {
    const isText = entity.type === 'text/plain' || entity.type === 'text/html'
    if (isText && entity.disposition.value !== 'attachment') {
      if (/^flowed$/i.test(entity.params.get('format') ?? '')) throw new Unusual()
      const text = this.text(entity)
      this.texts.push(entity)
      const group = alternative ?? this.group()
      if (entity.type === 'text/plain') group.plain.push(text)
      else group.html.push(text)
      return
    }
    // The same holds for a part without a body: postal-mime lists it, empty.
    const filename = entity.disposition.params.get('filename') ?? entity.params.get('name') ?? null
    if (entity.headers.some((header) => header.key === 'content-description' && header.value.length > 10_000))
      throw new Unusual()
    this.parts.push({
      filename: filename ? decodeWords(filename) : null,
      type: entity.type,
      disposition: entity.disposition.value || null,
      contentId: entity.contentId || null,
      related: related && entity.contentId !== null && entity.contentId !== '',
      content: isPart && entity.encoding !== 'base64' ? withoutLastLineEnd(this.content(entity)) : this.content(entity),
    })
  }

  private content(entity: Entity): Uint8Array {
    if (entity.encoding === 'base64') return decodeBase64(this.bytes.toString('latin1', entity.start, entity.end))
    return Buffer.from(this.lines(entity), 'latin1')
  }

  private text(entity: Entity): string {
    const decoder = decoderOf(entity.params.get('charset'))
    if (entity.encoding === 'base64')
      return decoder.decode(decodeBase64(this.bytes.toString('latin1', entity.start, entity.end)))
    if (entity.encoding !== 'quoted-printable') {
      const body = this.bytes.subarray(entity.start, entity.end)
      // Charsets whose bytes below 0x80 are ASCII: lines can be cut after decoding.
      if (isAscii(body) && decoder.encoding !== 'iso-2022-jp' && !decoder.encoding.startsWith('utf-16'))
        return unifyLines(body.toString('latin1', 0, body.length))
      if (decoder.encoding === 'utf-8' || decoder.encoding === 'windows-1252') return unifyLines(decoder.decode(body))
    }
    return decoder.decode(Buffer.from(this.lines(entity), 'latin1'))
  }

  /** Body bytes, one per character, with transfer encoding undone and lines ending in LF. */
  private lines(entity: Entity): string {
    const body = unifyLines(this.bytes.toString('latin1', entity.start, entity.end))
    if (entity.encoding === 'quoted-printable') return decodeQuotedPrintable(body)
    if (!plainEncodings.has(entity.encoding)) throw new Unusual()
    return body
  }

  /** What postal-mime's renderer makes of the groups, for the cases that need no conversion from one kind to the other. */
  private joined(): { plain: string | null; html: string | null } {
    const groups = this.groups.filter((group) => group.plain.length > 0 || group.html.length > 0)
    const hasPlain = groups.some((group) => group.plain.length > 0)
    const hasHtml = groups.some((group) => group.html.length > 0)
    if (
      groups.length > 1 &&
      groups.some((group) => (hasPlain && group.plain.length === 0) || (hasHtml && group.html.length === 0))
    )
      throw new Unusual()
    const join = (kind: 'plain' | 'html'): string | null => groups.flatMap((group) => group[kind]).join('\n') || null
    return { plain: join('plain'), html: join('html') }
  }
}

/** The LF in which both readers end every line. */
export function withoutLastLineEnd(content: Uint8Array): Uint8Array {
  return content.at(-1) === 0x0a ? content.subarray(0, -1) : content
}

/** Ends every line with one LF, the last one too. */
function unifyLines(text: string): string {
  if (text === '') return text
  const unified = text.includes('\r') ? text.replaceAll('\r\n', '\n') : text
  if (unified.endsWith('\r')) throw new Unusual()
  return unified.endsWith('\n') ? unified : `${unified}\n`
}

function parseHeaders(block: string): MimeHeader[] {
  const headers: MimeHeader[] = []
  let current: string[] = []
  const flush = (): void => {
    if (current.length === 0) return
    const line = current.join('')
    const colon = line.indexOf(':')
    headers.push({
      key: trimSpace(colon < 0 ? line : line.slice(0, colon)).toLowerCase(),
      value: colon < 0 ? '' : trimSpace(line.slice(colon + 1).replace(/[\r\n]+/g, ' ')),
    })
  }
  for (const rawLine of block.split('\n')) {
    const line = rawLine.endsWith('\r') ? rawLine.slice(0, -1) : rawLine
    if (line === '') continue
    if (current.length > 0 && (line.startsWith(' ') || line.startsWith('\t'))) {
      current.push(line)
    } else {
      flush()
      current = [line]
    }
  }
  flush()
  return headers
}

/** Space and tab only, in linear time. */
function trimSpace(text: string): string {
  let start = 0
  let end = text.length
  const isSpace = (code: number): boolean => code === 0x20 || code === 0x09
  while (start < end && isSpace(text.charCodeAt(start))) start++
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--
  return text.slice(start, end)
}

const structuredValue =
  /^[ \t]*([\w!#$&.+-]+(?:\/[\w!#$&.+-]+)?)?[ \t]*((?:;[ \t]*[\w-]+=(?:"[^"\\()]*"|[^\s";()\\=,<>]+)[ \t]*)*);?[ \t]*$/
const parameter = /;[ \t]*([\w-]+)=(?:"([^"]*)"|([^\s";]+))/g

/** A header such as Content-Type in its plain form; comments, escapes and RFC 2231 go the long way. */
function structured(value: string): { value: string; params: ReadonlyMap<string, string> } {
  if (value.length > 2000 || value.includes('*')) throw new Unusual()
  const match = structuredValue.exec(value)
  if (!match) throw new Unusual()
  const params = new Map<string, string>()
  for (const [, name = '', quoted, token] of (match[2] ?? '').matchAll(parameter)) {
    const key = name.toLowerCase()
    if (!params.has(key)) params.set(key, quoted ?? token ?? '')
  }
  return { value: (match[1] ?? '').toLowerCase(), params }
}

function decodeQuotedPrintable(text: string): string {
  if (!text.includes('=')) return text
  const parts: string[] = []
  let from = 0
  for (let at = text.indexOf('='); at !== -1; at = text.indexOf('=', at)) {
    if (text.charCodeAt(at + 1) === 0x0a) {
      parts.push(text.slice(from, at))
      at = from = at + 2
      continue
    }
    const high = hexDigit(text.charCodeAt(at + 1))
    const low = high < 0 ? -1 : hexDigit(text.charCodeAt(at + 2))
    if (low < 0) {
      at += 1
      continue
    }
    parts.push(text.slice(from, at), String.fromCharCode((high << 4) | low))
    at = from = at + 3
  }
  parts.push(text.slice(from))
  return parts.join('')
}

function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30
  const lower = code | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1
}

function decodeBase64(text: string): Buffer {
  // Padding in the middle, or letters of other alphabets, mean several pieces or damage.
  const pad = text.indexOf('=')
  if (/[^A-Za-z0-9+/\r\n\t =]/.test(text) || (pad !== -1 && /[A-Za-z0-9+/]/.test(text.slice(pad)))) throw new Unusual()
  return Buffer.from(text, 'base64')
}

const decoders = new Map<string, TextDecoder>()

/** Decoder of a charset that the platform knows under this very name. */
function decoderOf(charset: string | undefined): TextDecoder {
  const label = (charset ?? 'utf-8').toLowerCase()
  const known = decoders.get(label)
  if (known) return known
  if (!/^[a-z0-9_-]{1,30}$/.test(label)) throw new Unusual()
  try {
    const decoder = new TextDecoder(label)
    decoders.set(label, decoder)
    return decoder
  } catch {
    throw new Unusual()
  }
}
