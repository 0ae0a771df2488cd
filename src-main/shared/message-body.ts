import { zstdDecompressSync } from 'node:zlib'
import * as z from 'zod'
import { packed } from './zstd'

/**
 * The form in which a message is kept: the view (text and HTML as parsed) and the source as received.
 * A small message is one zstd frame of both, and a view that stands in the source word for word is kept as its place
 * there: a third of the bytes to compress. A large one keeps the source in a frame of its own, so that showing the
 * text need not unpack 30 MB.
 */
const View = z.object({ text: z.string(), html: z.string().nullable(), textSuffices: z.boolean(), cut: z.boolean() })
export type View = z.infer<typeof View>

/** Where a text stands in the source: bytes of UTF-8 from the first number up to the second. */
const Place = z.tuple([z.int(), z.int()])
export type Place = z.infer<typeof Place>
export interface Places {
  readonly text?: Place | undefined
  readonly html?: Place | undefined
}
const Kept = View.extend({
  text: z.union([z.string(), Place]),
  html: z.union([z.string(), Place]).nullable(),
  more: z.string().optional(),
})

const togetherLimit = 256 * 1024
const header = 4

/**
 * Packs for `messages.body` and `messages.source`; `source` is null when it is inside `body`. `places` say where in the
 * source text and HTML may stand; they are used where that gives the very same. `more`: words to be found that the text has not.
 */
export function packMessage(
  view: View,
  raw: Uint8Array,
  places: Places = {},
  more = '',
): { body: Uint8Array; source: Uint8Array | null } {
  const together = raw.byteLength <= togetherLimit
  const words = more === '' ? {} : { more }
  const kept = together
    ? {
        ...view,
        ...words,
        text: placeOr(view.text, raw, places.text),
        html: view.html === null ? null : placeOr(view.html, raw, places.html),
      }
    : { ...view, ...words }
  const bytes = frame(JSON.stringify(kept), together ? raw : new Uint8Array())
  return { body: packed(bytes), source: together ? null : packed(raw) }
}

/** Where ordinary messages are laid out to be packed: new memory for each of them took longer than reading it. */
let table: Buffer | null = null
const tableBytes = 128 * 1024

/** Length of the view, view, source; valid until the next one. */
function frame(view: string, source: Uint8Array): Uint8Array {
  // A character takes three bytes of UTF-8 at most.
  const most = header + view.length * 3 + source.byteLength
  const bytes = most > tableBytes ? Buffer.allocUnsafe(most) : (table ??= Buffer.allocUnsafeSlow(tableBytes))
  const length = bytes.write(view, header)
  bytes.writeUInt32LE(length)
  bytes.set(source, header + length)
  return bytes.subarray(0, header + length + source.byteLength)
}

function placeOr(text: string, raw: Uint8Array, place: Place | undefined): string | Place {
  return place !== undefined && textAt(raw, place) === text ? place : text
}

/** Lines as they are shown: ended by LF, nothing behind the last word. */
function textAt(raw: Uint8Array, [start, end]: Place): string {
  return Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength)
    .toString('utf8', start, end)
    .replaceAll('\r\n', '\n')
    .trimEnd()
}

/** Throws when the bytes are not a packed body. */
export function unpackView(body: Uint8Array): View {
  const {
    kept: { text, html, more: _, ...rest },
    raw,
  } = unpackKept(body)
  return {
    ...rest,
    text: typeof text === 'string' ? text : textAt(raw, text),
    html: html === null || typeof html === 'string' ? html : textAt(raw, html),
  }
}

/** The words of a body that are to be found: its text, and what only its HTML says. */
export function unpackSearchText(body: Uint8Array): string {
  const {
    kept: { text, more },
    raw,
  } = unpackKept(body)
  const shown = typeof text === 'string' ? text : textAt(raw, text)
  return more === undefined ? shown : `${shown}\n${more}`
}

function unpackKept(body: Uint8Array): { kept: z.infer<typeof Kept>; raw: Uint8Array } {
  const plain = zstdDecompressSync(body)
  const viewEnd = header + plain.readUInt32LE(0)
  return { kept: Kept.parse(JSON.parse(plain.toString('utf8', header, viewEnd))), raw: plain.subarray(viewEnd) }
}

/** The message as the server gave it. */
export function unpackSource(body: Uint8Array, source: Uint8Array | null): Uint8Array {
  if (source) return zstdDecompressSync(source)
  const plain = zstdDecompressSync(body)
  return plain.subarray(header + plain.readUInt32LE(0))
}
