const longestName = 255
/** Devices of Windows: a file of that name, whatever its ending, cannot be opened or opens the device. */
const reserved = /^(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?=\.|$)/i

/**
 * A name from a mail as a file name that is safe on every system (R21): one path step, nothing that is invisible or
 * turns the reading direction, no device name, no leading or trailing dot or blank, at most 255 bytes of UTF-8, or
 * `most`, with its ending kept. Never empty.
 */
export function safeFileName(name: string, most = longestName): string {
  const visible = name
    .toWellFormed()
    // Controls, bidi and other format characters, separators of lines, private use, unassigned, lone surrogates.
    .replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\u2028\u2029]/gu, '')
    // After these are gone: a letter and an accent that one of them parted are one character now.
    .normalize('NFC')
    .replace(/[/\\:*?"<>|\u2044\u2215\uFF0F\uFF3C]/gu, '_')
    .replace(/\s+/gu, ' ')
    .replace(/^[. ]+|[. ]+$/gu, '')
  const base = reserved.test(visible) ? `_${visible}` : visible
  const short = shorten(base, most).replace(/[. ]+$/u, '')
  return short === '' ? 'attachment' : short
}

/** Cuts the stem, not the ending: what kind of file it is must stay visible. */
function shorten(name: string, most: number): string {
  if (Buffer.byteLength(name) <= most) return name
  const dot = name.lastIndexOf('.')
  const ending = dot > 0 && Buffer.byteLength(name.slice(dot)) <= 32 ? name.slice(dot) : ''
  const stem = ending === '' ? name : name.slice(0, dot)
  return cutBytes(stem, most - Buffer.byteLength(ending)).replace(/[. ]+$/u, '') + ending
}

/** At most `limit` bytes of UTF-8, never a part of a character. */
function cutBytes(text: string, limit: number): string {
  let bytes = 0
  let end = 0
  for (const character of text) {
    bytes += Buffer.byteLength(character)
    if (bytes > limit) break
    end += character.length
  }
  return text.slice(0, end)
}

/** Whether bytes begin as a PDF does; the mark may stand anywhere in the first kilobyte (ISO 32000, annex H). */
export function isPdf(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 1024)).includes('%PDF-')
}

/** The kinds of image that the window may show from a message, by their first bytes (R22); null: none of them. */
export function imageType(bytes: Uint8Array): string | null {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 32))
  const ascii = (from: number, to: number): string => head.toString('latin1', from, to)
  if (head.length >= 8 && head.readUInt32BE(0) === 0x89504e47 && head.readUInt32BE(4) === 0x0d0a1a0a) return 'image/png'
  if (head.length >= 3 && head[0] === 0xff && head[1] === 0xd8 && head[2] === 0xff) return 'image/jpeg'
  if (ascii(0, 6) === 'GIF87a' || ascii(0, 6) === 'GIF89a') return 'image/gif'
  if (ascii(0, 4) === 'RIFF' && ascii(8, 12) === 'WEBP') return 'image/webp'
  if (ascii(0, 2) === 'BM' && head.length >= 26 && head.readUInt32LE(14) <= 124) return 'image/bmp'
  if (ascii(4, 8) === 'ftyp' && ['avif', 'avis'].includes(ascii(8, 12))) return 'image/avif'
  return null
}
