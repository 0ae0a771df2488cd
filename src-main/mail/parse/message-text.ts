/** Words out of a body text. */

/** The first words of a message for the list: no quoted lines, no "On ... wrote:", no greeting, at most 160 characters. */
export function snippetOf(text: string): string {
  const words: string[] = []
  let length = 0
  let first = true
  for (const rawLine of text.slice(0, 8000).split('\n', 200)) {
    const line = rawLine.trim()
    if (line === '' || line.startsWith('>') || /^[-_=*~\s]{3,}$/.test(line)) continue
    if (line === '--' || /^-{2,}\s?(?:original|ursprüngliche|message d'origine|forwarded)/i.test(line)) break
    if (isAttribution(line)) break
    if (first && isGreeting(line)) {
      first = false
      continue
    }
    first = false
    words.push(line)
    length += line.length + 1
    if (length > 180) break
  }
  const joined = (words.length > 0 ? words.join(' ') : text.slice(0, 400).replace(/[>\s]+/g, ' '))
    .replace(/\s+/g, ' ')
    .trim()
  return joined.length <= 160 ? joined : `${cutAtCharacter(joined, 159)}…`
}

function isAttribution(line: string): boolean {
  return (
    line.length < 300 &&
    (/^(?:on|am|le|el|il|op|den|em|w dniu)\b.{5,250}(?:wrote|schrieb|écrit|escribió|ha scritto|schreef|skrev|escreveu|napisał(?:\(a\))?)\b.{0,80}:$/i.test(
      line,
    ) ||
      /^(?:from|von|de|da|van):\s.{1,200}@/i.test(line))
  )
}

function isGreeting(line: string): boolean {
  return (
    line.length <= 60 &&
    /^(?:hi|hello|hey|dear|good (?:morning|afternoon|evening|day)|hallo|liebe[rs]?|sehr geehrte[rs]?|guten (?:tag|morgen|abend)|moin|bonjour|salut|ch(?:er|ère|ers)|hola|buenos días|estimad[oa]s?|ciao|buongiorno|gentile|beste|geachte|olá|prezad[oa]s?|hej|cześć|dzień dobry|здравствуйте|привет)\b[^.!?]{0,50}[,!.:]?$/i.test(
      line,
    )
  )
}

/** Cuts without tearing a surrogate pair apart. */
export function cutAtCharacter(text: string, length: number): string {
  if (text.length <= length) return text
  const code = text.charCodeAt(length - 1)
  return text.slice(0, code >= 0xd800 && code <= 0xdbff ? length - 1 : length)
}

/** Walks along a text and tells whether other pieces hold the same words in the same order; white space, quote marks and bullets do not count. */
export class WordCompare {
  private at = 0
  private matches = true

  constructor(private readonly expected: string) {}

  /** The next piece of the other text. */
  take(piece: string): void {
    if (!this.matches) return
    const { expected } = this
    let { at } = this
    let index = 0
    while (index < piece.length && isFiller(piece.charCodeAt(index))) index += 1
    while (at < expected.length && isFiller(expected.charCodeAt(at))) at += 1
    // Mostly the whole piece stands here as it is. Two strings are compared at once, `startsWith` goes letter by letter.
    const rest = index === 0 ? piece : piece.slice(index)
    if (expected.slice(at, at + rest.length) === rest) {
      this.at = at + rest.length
      return
    }
    for (; index < piece.length; index += 1) {
      const code = piece.charCodeAt(index)
      if (isFiller(code)) continue
      while (at < expected.length && isFiller(expected.charCodeAt(at))) at += 1
      if (expected.charCodeAt(at) !== code) {
        this.matches = false
        return
      }
      at += 1
    }
    this.at = at
  }

  /** true: all pieces together held the same words. */
  same(): boolean {
    while (this.at < this.expected.length && isFiller(this.expected.charCodeAt(this.at))) this.at += 1
    return this.matches && this.at >= this.expected.length
  }
}

/** White space, zero-width characters, and > • * · - _ */
function isFiller(code: number): boolean {
  if (code < 128) return asciiFiller[code] === 1
  return (
    code === 0xa0 ||
    code === 0xb7 ||
    (code >= 0x2000 &&
      (code <= 0x200d ||
        code === 0x2022 ||
        code === 0x2028 ||
        code === 0x2029 ||
        code === 0x202f ||
        code === 0x3000 ||
        code === 0xfeff))
  )
}
const asciiFiller = Uint8Array.from({ length: 128 }, (_, code) =>
  code <= 0x20 || code === 0x3e || code === 0x2a || code === 0x2d || code === 0x5f ? 1 : 0,
)
