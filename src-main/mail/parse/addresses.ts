import { addressParser, decodeWords, type Address as ParsedAddress } from 'postal-mime'
import { isMailAddress, normalQuotes } from '../../../src-preload/contract/address'
import type { Address } from '../../../src-preload/contract/mail'

/** Addresses out of header values, cleaned for display (R20). */

const mostAddresses = 5_000
/** Characters that reorder or hide text: a name holding them can be made to look like another one. */
const deceiving = /[\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g
const control = /[\u0000-\u001f\u007f-\u009f]+/g
const addressLike = /[^\s<>"'(),;:@]{1,64}@[^\s<>"'(),;:@]{1,253}\.[^\s<>"'(),;:@]{2,63}/

/** A text from a header in one plain line: no control characters, no bidi controls, at most `most` characters. */
export function plainLine(text: string, most: number): string {
  return text
    .slice(0, most * 4)
    .replace(control, ' ')
    .replace(deceiving, '')
    .replace(/ {2,}/g, ' ')
    .trim()
    .slice(0, most)
}

/** All addresses of the values of one header; groups are opened. */
export function addressList(values: readonly string[]): Address[] {
  return values.flatMap((value) => flatten(parse(value))).slice(0, mostAddresses)
}

export interface Sender {
  readonly address: Address
  readonly suspicious: boolean
}

/**
 * The sender out of the From headers. Suspicious: several From headers or addresses, a name that shows another address
 * than the real one, a name or address with characters that reorder or hide text, or none at all.
 */
export function sender(values: readonly string[]): Sender {
  const parsed = values.flatMap((value) => flatten(parse(value), true))
  const found = secondBracket(values) ?? parsed.find((entry) => isMailAddress(clean(entry).address)) ?? parsed[0]
  if (!found) {
    const name = plainLine(decodeWords(values[0]?.slice(0, 1000) ?? ''), 320)
    return { address: { name, address: '' }, suspicious: true }
  }
  const shown = addressLike.exec(found.name)?.[0]
  const suspicious =
    values.length > 1 ||
    parsed.length > 1 ||
    !isMailAddress(clean(found).address) ||
    hasGap(found.address) ||
    (shown !== undefined && shown.toLowerCase() !== found.address.toLowerCase()) ||
    /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/.test(values[0] ?? '') ||
    deceives(found.name) ||
    deceives(found.address) ||
    !isClosed(values[0] ?? '')
  return { address: clean(found), suspicious }
}

/** `Name <shown@a> <real@b>`: the last is what servers check; parsers that take the first are fooled (CVE-2025-3875). */
function secondBracket([value = '', ...more]: readonly string[]): Address | null {
  const found =
    more.length > 0 || value.length > 10_000
      ? null
      : /^([^<>,;]*<[^<>,;]*>)[^<>,;]*<([^<>,;\s]+@[^<>,;\s]+)>\s*$/.exec(value)
  return found ? { name: decodeWords((found[1] ?? '').replaceAll('"', '').trim()), address: found[2] ?? '' } : null
}

function deceives(text: string): boolean {
  return /[\u061c\u202a-\u202e\u2066-\u2069]/.test(text)
}

/** Words with nothing between them: taken together they are another address than either of them. */
function hasGap(address: string): boolean {
  return !address.trimStart().startsWith('"') && /[^\s.@]\s+[^\s.@]/.test(withoutComments(address))
}

/** Without angle brackets, quotes and comments that are not closed can be read in several ways. */
function isClosed(value: string): boolean {
  if (/>\s*$/.test(value)) return true
  let [depth, quote] = [0, false]
  for (let at = 0; at < value.length; at += 1) {
    const letter = value[at]
    if (letter === '\\') at += 1
    else if (letter === '"' && depth === 0) quote = !quote
    else if (letter === '(' && !quote) depth += 1
    else if (letter === ')' && !quote && --depth < 0) return false
  }
  return !quote && depth === 0
}

/** `Ana Example <ana@example.org>` or the address alone, which nearly all mail has: what the parser gives of it in a tenth of its time. */
const ordinary =
  /^(?:([A-Za-z0-9]+(?: [A-Za-z0-9]+)*) <([A-Za-z0-9._+-]+@[A-Za-z0-9.-]+)>|([A-Za-z0-9._+-]+@[A-Za-z0-9.-]+))$/

function parse(value: string): ParsedAddress[] {
  const [, name = '', bracketed, bare = ''] = value.length > 500 ? [] : (ordinary.exec(value) ?? [])
  if (bracketed !== undefined || bare !== '') return [{ name, address: bracketed ?? bare }]
  const text = value.length > 1_000_000 ? value.slice(0, 1_000_000) : value
  // The parser takes the quotes off a bare local part, and what it takes apart then is another address.
  return addressParser(
    text.includes('"@')
      ? text.replace(/(^|[,:;])(\s*)("(?:[^"\\<>]|\\[^<>])*"@[^\s<>,;()"]+)(?=\s*(?:$|[,;(]))/g, '$1$2<$3>')
      : text,
  )
}

function flatten(list: readonly ParsedAddress[], keepForeign = false): Address[] {
  const flat: Address[] = []
  for (const entry of list) {
    for (const one of entry.group ?? [entry]) {
      if (one.group !== undefined) continue
      const name = decodeWords(one.name ?? '')
      if ((one.address ?? '') === '' && (!keepForeign || name === '')) continue
      flat.push(keepForeign ? { name, address: one.address ?? '' } : clean({ name, address: one.address ?? '' }))
    }
  }
  return flat
}

function clean({ name, address }: Address): Address {
  // A route through other hosts is of the past, and no part of the address (RFC 5322 4.4).
  const line = plainLine(address, 320).replace(/^(?:@[^@:,<>]+,?)+:(?=[^@:]+@)/, '')
  const plainAddress = line.startsWith('"') ? normalQuotes(line) : withoutComments(line).replaceAll(' ', '')
  const plainName = plainLine(name, 320)
  // "anna@example.org" <anna@example.org> says nothing more than the address.
  return { name: plainName.toLowerCase() === plainAddress.toLowerCase() ? '' : plainName, address: plainAddress }
}

/** RFC 5322, 3.2.2: `anna(at work)@example.org` is written to anna@example.org. */
function withoutComments(address: string): string {
  return address.includes('(') && !address.includes('"') ? address.replace(/\([^()]*\)/g, '') : address
}

/** Message identifiers of a header value, without angle brackets, in their order, each once. */
export function messageIds(value: string | undefined, most: number): string[] {
  if (value === undefined) return []
  const text = value.slice(0, 200_000)
  const bracketed = [...text.matchAll(/<([^<>]{1,998})>/g)].map((match) => normalId(match[1] ?? ''))
  const ids =
    bracketed.length > 0
      ? bracketed
      : text
          .split(/[\s,]+/)
          .filter((word) => word.includes('@'))
          .map((word) => normalId(word))
  const unique = [...new Set(ids.filter((id) => id !== '' && id.length <= 998))]
  // Of a long chain the beginning (the root) and the newest tell where a message belongs.
  return unique.length <= most ? unique : [...unique.slice(0, 1), ...unique.slice(unique.length - most + 1)]
}

function normalId(id: string): string {
  return id.replace(/\s+/g, '')
}
