/**
 * mbox files (RFC 4155, the mboxrd way): each message begins with a `From ` line and ends with a blank one; lines of the
 * message that begin with `From `, or with any number of `>` before it, get one `>` more. What was written is read back
 * byte for byte. An mboxo file reads the same, but for lines that already began with `>>From `. What is read, answered and starred stands in front of it
 * as other programs write it (`Status`, `X-Status`), and the From line says so.
 */

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
/** Behind the date of a message whose last line has no end, so that reading does not give it one. */
const openEnded = ' no-newline-at-end'
/** Before that: `Status` and `X-Status` stand in front of the message, and are none of its own. */
const marked = ' status-in-front'
const frontStatus = /^Status: (R?)O(\r?\n)(?:X-Status: (A?)(F?)\2)?/
const separator = Buffer.from('\nFrom ')
const [lf, cr] = [10, 13]
const longestFromLine = 1000

/** One message as it stands in an mbox file. `flags`: as they are stored (1 read, 2 answered, 4 starred), for the headers that mail programs look in. */
export function mboxEntry(raw: Uint8Array, sender: string, at: number, flags: number | null = null): Buffer {
  const ended = raw.at(-1) === lf
  const address = /^[\x21-\x7e]{1,200}$/.test(sender) ? sender : 'MAILER-DAEMON'
  const head = `From ${address} ${asctime(at)}${flags === null ? '' : marked}${ended ? '' : openEnded}\n`
  const status = flags === null ? '' : statusLines(flags, raw[raw.indexOf(lf) - 1] === cr ? '\r\n' : '\n')
  return Buffer.concat([Buffer.from(head + status), quoted(raw), Buffer.from(ended ? '\n' : '\n\n')])
}

function statusLines(flags: number, end: string): string {
  const more = `${(flags & 2) === 0 ? '' : 'A'}${(flags & 4) === 0 ? '' : 'F'}`
  return `Status: ${(flags & 1) === 0 ? '' : 'R'}O${end}${more === '' ? '' : `X-Status: ${more}${end}`}`
}

function quoted(raw: Uint8Array): Uint8Array {
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength)
  if (!bytes.includes('From ')) return bytes
  return Buffer.from(bytes.toString('latin1').replace(/(?<=^|\n)(?=>*From )/g, '>'), 'latin1')
}

function unquoted(bytes: Buffer): Buffer {
  if (!bytes.includes('>From ')) return bytes
  return Buffer.from(bytes.toString('latin1').replace(/(?<=^|\n)>(?=>*From )/g, ''), 'latin1')
}

function asctime(at: number): string {
  const date = new Date(at)
  const two = (n: number): string => String(n).padStart(2, '0')
  return `${days[date.getUTCDay()]} ${months[date.getUTCMonth()]} ${String(date.getUTCDate()).padStart(2)} ${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} ${date.getUTCFullYear()}`
}

/** As C writes it (`Tue Mar 10 09:05:01 2020`), the zone before or behind the year, and as mail itself does (`10 Mar 2020 09:05:01`). */
const dates = [
  /(?<month>[A-Z][a-z]{2})\s+(?<day>\d{1,2})\s+(?<time>\d{1,2}:\d{2}(?::\d{2})?)(?:\s+[A-Za-z]\w{0,5}|\s+(?<zone>[+-]\d{4}))?\s+(?<year>\d{4})(?:\s+(?<behind>[+-]\d{4}))?/,
  /(?<day>\d{1,2})\s+(?<month>[A-Z][a-z]{2})\s+(?<year>\d{4})\s+(?<time>\d{1,2}:\d{2}(?::\d{2})?)(?:\s+(?<zone>[+-]\d{4}))?/,
]

function dateOf(line: string): number | null {
  const { day, month, year, time, zone, behind } = dates.map((one) => one.exec(line)?.groups).find(Boolean) ?? {}
  if (day === undefined) return null
  const at = Date.parse(`${day} ${month} ${year} ${time} ${zone ?? behind ?? 'UTC'}`)
  return Number.isFinite(at) ? at : null
}

/** true: this is how an mbox file begins. */
export function looksLikeMbox(start: Uint8Array): boolean {
  const head = Buffer.from(start.buffer, start.byteOffset, Math.min(start.byteLength, longestFromLine)).toString(
    'latin1',
  )
  return /^From \S.*\d{1,2}:\d{2}/.test(head)
}

export interface MboxMessage {
  /** null: larger than the limit, left out. */
  readonly raw: Buffer | null
  /** The date of its From line, ms. */
  readonly at: number | null
  /** As they were written in front of it; null: nothing was. */
  readonly flags: string[] | null
  /** Where in the file the next message begins. */
  readonly end: number
}

/** Takes an mbox file in pieces and gives its messages; never holds more than one message and one piece. */
export class MboxReader {
  private buffer = Buffer.allocUnsafe(1 << 20)
  private used = 0
  private scanned = 0
  /** Bytes of a message that is too large and was let go. */
  private dropped = 0

  /** @param offset where in the file the first piece begins: at a From line */
  constructor(
    private offset: number,
    private readonly limit: number,
  ) {}

  push(chunk: Uint8Array): MboxMessage[] {
    this.append(chunk)
    const messages: MboxMessage[] = []
    for (;;) {
      const next = this.nextFrom()
      if (next === null) break
      messages.push(this.take(next))
    }
    if (this.used > this.limit + longestFromLine) this.letGo()
    return messages
  }

  /** What is left is the last message. */
  finish(): MboxMessage[] {
    return this.used + this.dropped === 0 ? [] : [this.take(this.used)]
  }

  private append(chunk: Uint8Array): void {
    if (this.used + chunk.byteLength > this.buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(this.buffer.length * 2, this.used + chunk.byteLength))
      this.buffer.copy(larger, 0, 0, this.used)
      this.buffer = larger
    }
    this.buffer.set(chunk, this.used)
    this.used += chunk.byteLength
  }

  /** The position of the next From line that begins a message; null: not here yet. */
  private nextFrom(): number | null {
    const bytes = this.buffer.subarray(0, this.used)
    for (let at = bytes.indexOf(separator, this.scanned); at !== -1; at = bytes.indexOf(separator, at + 1)) {
      const end = bytes.indexOf(lf, at + 1)
      if (end === -1 && this.used - at < longestFromLine) {
        this.scanned = at
        return null
      }
      const blank = bytes[at - 1] === lf || (bytes[at - 1] === cr && bytes[at - 2] === lf)
      if (blank && /\d{1,2}:\d{2}/.test(bytes.toString('latin1', at, end === -1 ? at + longestFromLine : end)))
        return at + 1
    }
    this.scanned = Math.max(0, this.used - separator.length)
    return null
  }

  private take(end: number): MboxMessage {
    const bytes = this.buffer.subarray(0, end)
    const lineEnd = bytes.indexOf(lf)
    const line = bytes.toString('latin1', 0, lineEnd === -1 ? Math.min(end, longestFromLine) : lineEnd)
    const tooLarge = this.dropped > 0
    this.offset += this.dropped + end
    const isOpenEnded = line.trimEnd().endsWith(openEnded)
    const said = line.trimEnd().slice(0, isOpenEnded ? -openEnded.length : undefined)
    const message = bytes.subarray(lineEnd === -1 ? end : lineEnd + 1)
    const front = said.endsWith(marked) ? frontStatus.exec(message.toString('latin1', 0, 64)) : null
    const raw = tooLarge ? null : messageIn(message.subarray(front?.[0].length ?? 0), isOpenEnded)
    this.dropped = 0
    this.buffer.copy(this.buffer, 0, end, this.used)
    this.used -= end
    this.scanned = 0
    return { raw, at: tooLarge ? null : dateOf(line), flags: front && flagsOf(front), end: this.offset }
  }

  private letGo(): void {
    const gone = this.used - longestFromLine
    this.buffer.copy(this.buffer, 0, gone, this.used)
    this.used = longestFromLine
    this.scanned = Math.max(0, this.scanned - gone)
    this.dropped += gone
  }
}

const flagsOf = ([, read, , answered, starred]: RegExpExecArray): string[] => [
  ...(read ? ['\\Seen'] : []),
  ...(answered ? ['\\Answered'] : []),
  ...(starred ? ['\\Flagged'] : []),
]

/** The message between its From line and the next one: without the blank line, its quoting undone. */
function messageIn(bytes: Buffer, isOpenEnded: boolean): Buffer {
  let end = bytes.length
  if (bytes[end - 1] === lf) {
    if (end === 1 || bytes[end - 2] === lf) end -= 1
    else if (bytes[end - 2] === cr && bytes[end - 3] === lf) end -= 2
  }
  if (isOpenEnded && bytes[end - 1] === lf) end -= 1
  return Buffer.from(unquoted(bytes.subarray(0, end)))
}
