import { isAscii } from 'node:buffer'
import type { MimeMessage } from './mime'

/** Repairs of texts whose charset was declared wrongly. They act only where the declared reading is plainly wrong. */

const strictUtf8 = new TextDecoder('utf-8', { fatal: true })
/** Bytes of the characters that windows-1252 has in 0x80 to 0x9f. */
const high = new Map(
  [...new TextDecoder('windows-1252').decode(Uint8Array.from({ length: 32 }, (_, index) => 0x80 + index))].map(
    (character, index): [string, number] => [character, 0x80 + index],
  ),
)

/** UTF-8 that was read as Latin-1 ("GrÃ¶ÃŸe"): every character beyond ASCII must be part of valid UTF-8. */
function fromMojibake(text: string): string {
  // Lead byte and continuation, as Latin-1 shows them.
  if (!/[\u00c2-\u00f4][\u0080-\u00bf\u0152-\u02dc\u2013-\u2122]/.test(text)) return text
  const bytes = Buffer.alloc(text.length)
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    const byte = code < 0x100 ? code : high.get(text.charAt(index))
    if (byte === undefined) return text
    bytes[index] = byte
  }
  try {
    return strictUtf8.decode(bytes)
  } catch {
    return text
  }
}

/** true: the text holds more characters that could not be read than such beyond ASCII that could. */
function isMostlyUnread(text: string | null): boolean {
  if (text === null || !text.includes('\ufffd')) return false
  const unread = text.split('\ufffd').length - 1
  return unread > (text.match(/[^\u0000-\u007f\ufffd]/g)?.length ?? 0)
}

/**
 * The message with texts in the charset they are really in, as far as that can be told: Latin-1 that claims to be
 * UTF-8, and UTF-8 that claims to be Latin-1. `read` reads the changed source.
 */
export async function repairCharsets(
  raw: Uint8Array,
  mime: MimeMessage,
  read: (raw: Uint8Array) => Promise<MimeMessage>,
): Promise<MimeMessage> {
  const stands = (kind: 'text' | 'html'): boolean => mime[kind] === null || mime.places?.[kind] !== undefined
  // Bytes of ASCII that nothing encodes are not mistaken for anything else.
  if (isAscii(raw) && stands('text') && stands('html')) return mime
  let { text, html } = mime
  if ((isMostlyUnread(text) || isMostlyUnread(html)) && raw.byteLength < 5_000_000) {
    const again = await read(asLatin1(raw))
    if (isMostlyUnread(text)) text = again.text
    if (isMostlyUnread(html)) html = again.html
  }
  return { ...mime, text: text === null ? null : fromMojibake(text), html: html === null ? null : fromMojibake(html) }
}

/** The source with UTF-8, or nothing, as the declared charset of its texts replaced by windows-1252. */
function asLatin1(raw: Uint8Array): Uint8Array {
  const source = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength).toString('latin1')
  const declared = source.replace(/charset[ \t]{0,5}=[ \t]{0,5}"?utf-?8"?/gi, 'charset=windows-1252')
  if (declared !== source) return Buffer.from(declared, 'latin1')
  const typed = source.replace(
    /^(content-type:[ \t]{0,20}text\/(?:plain|html))(?=[ \t]{0,20};?[ \t]{0,20}\r?$)/gim,
    '$1; charset=windows-1252',
  )
  return Buffer.from(
    typed === source && !/^content-type:/im.test(source)
      ? `Content-Type: text/plain; charset=windows-1252\r\n${source}`
      : typed,
    'latin1',
  )
}
