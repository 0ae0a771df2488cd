import {
  beginsAttribution,
  isAttribution,
  isForwardedHead,
  isHeaderBlock,
  isOriginalRule,
} from '../mail-frame/attribution'

/** A stretch of a plain text message. `quote` is shown folded, `signature` quieter. */
export interface TextPart {
  kind: 'text' | 'quote' | 'signature'
  text: string
}

const quoted = /^\s{0,3}>/
const signatureRule = /^(?:--\s?|__+|—\s?)$/
const sentFrom =
  /^(?:sent (?:from|with|via) (?:my |the |yahoo|outlook|mail\b|gmail|proton|samsung|windows|blackberry|sparrow|mobile)|sent from \S+ ?(?:for|on|mobile)?|get outlook for|von meinem .{2,40} gesendet|gesendet (?:von|mit) |envoyé (?:de(?:puis)?|à partir de) |enviado (?:desde|do|a partir) |inviato da(?:l)? |verzonden (?:vanaf|via|met) |skickat från |sendt fra |lähetetty |отправлено (?:с|из) |wysłan[eo] z )/i
const longestAttribution = 4

function attributionLines(lines: readonly string[], at: number): number {
  let joined = ''
  for (let k = 0; k < longestAttribution && at + k < lines.length; k++) {
    const line = lines[at + k] ?? ''
    if (k > 0 && line.trim() === '') return 0
    joined = k === 0 ? line : `${joined} ${line.replace(/^[\s>]+/, '')}`
    if (joined.length > 500) return 0
    // a complete attribution must not draw the text before it along, unless that text begins one
    if (isAttribution(joined)) return k > 0 && isAttribution(line) && !beginsAttribution(lines[at] ?? '') ? 0 : k + 1
  }
  return 0
}

function skipBlank(lines: readonly string[], at: number): number {
  let i = at
  while (i < lines.length && (lines[i] ?? '').trim() === '') i++
  return i
}

/** End of a run of quoted lines; blank lines inside it, and short leftovers of wrapped ones, belong to it. */
function quoteEnd(lines: readonly string[], at: number): number {
  let end = at
  for (let i = at; i < lines.length; i++) {
    const line = lines[i] ?? ''
    if (quoted.test(line)) end = i + 1
    else if (line.trim() === '') continue
    else if (i === end && i > at && quoted.test(lines[i + 1] ?? '') && line.length < 40) continue
    else break
  }
  return end
}

function quoteAt(lines: readonly string[], i: number): number {
  const line = lines[i] ?? ''
  if (quoted.test(line)) return quoteEnd(lines, i)
  if (isOriginalRule(line) || isHeaderBlock(lines, i)) return lines.length
  const attribution = attributionLines(lines, i)
  if (attribution === 0) return i
  const next = skipBlank(lines, i + attribution)
  return quoted.test(lines[next] ?? '') ? quoteEnd(lines, next) : lines.length
}

/**
 * Splits a plain text message into its own words, the text it quotes and its signature, in order; joined with newlines
 * the parts give the whole text again. A message that is nothing but quoted text, or forwards another, is left whole.
 */
export function splitQuotes(text: string): TextPart[] {
  const lines = text.replaceAll('\r\n', '\n').split('\n')
  const parts: { kind: TextPart['kind']; lines: string[] }[] = []
  const add = (kind: TextPart['kind'], some: readonly string[]): void => {
    const last = parts.at(-1)
    if (last?.kind === kind) last.lines.push(...some)
    else parts.push({ kind, lines: [...some] })
  }
  let inSignature = false
  for (let i = 0; i < lines.length;) {
    const end = quoteAt(lines, i)
    const line = lines[i] ?? ''
    if (end > i) {
      add('quote', lines.slice(i, end))
      // What follows a quote is said by the writer again, unless the signature went before and nothing but it is left.
      inSignature = false
      i = end
      continue
    }
    if (
      !inSignature &&
      (signatureRule.test(line)
        ? skipBlank(lines, i + 1) < lines.length && signatureLength(lines, i + 1) <= 12
        : sentFrom.test(line.trim()) && line.trim().length < 90)
    )
      inSignature = true
    add(inSignature ? 'signature' : 'text', [line])
    i++
  }
  const result = parts.map((part) => ({ kind: part.kind, text: part.lines.join('\n') }))
  const own = result.some((part) => part.kind === 'text' && part.text.trim() !== '')
  const first = result.find((part) => part.kind === 'quote')
  if (!first || (own && !isForwardedHead(first.text))) return result
  return [{ kind: 'text', text: lines.join('\n') }]
}

/** Lines with text up to the next quote. */
function signatureLength(lines: readonly string[], at: number): number {
  let count = 0
  for (let i = at; i < lines.length && count <= 12; i++) {
    if (quoteAt(lines, i) > i) break
    if ((lines[i] ?? '').trim() !== '') count++
  }
  return count
}
