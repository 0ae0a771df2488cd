import type { Address } from '../../src-preload/contract'
import { addressKey, isMailAddress } from '../../src-preload/contract/address'

/** Cuts a list at commas, semicolons and line ends that are not inside quotes or angle brackets. */
function cut(text: string): string[] {
  const parts: string[] = []
  let part = ''
  let quote = false
  let angle = false
  for (let i = 0; i < text.length; i++) {
    const c = text[i] ?? ''
    if (c === '\\' && quote) {
      part += c + (text[++i] ?? '')
      continue
    }
    if (c === '"') quote = !quote
    else if (!quote && c === '<') angle = true
    else if (!quote && c === '>') angle = false
    if (!quote && (c === '\n' || c === '\r' || (!angle && (c === ',' || c === ';' || c === '\t')))) {
      parts.push(part)
      part = ''
      angle = false
    } else part += c
  }
  return [...parts, part].map((one) => one.trim()).filter((one) => one !== '')
}

/**
 * Reads what somebody typed or pasted as recipients: names with addresses, bare addresses, lists with commas, semicolons or
 * lines. What is no address is kept as it is, so that nothing vanishes; `isMailAddress` tells them apart.
 */
export function parseRecipients(text: string): Address[] {
  const found: Address[] = []
  for (const part of cut(text)) {
    const named = /^(.*?)<\s*([^<>]*)\s*>\s*$/s.exec(part)
    if (named) {
      const name = (named[1] ?? '')
        .trim()
        .replace(/^"(.*)"$/s, '$1')
        .replace(/\\(.)/g, '$1')
        .trim()
      found.push({ name, address: (named[2] ?? '').trim().replace(/^mailto:/i, '') })
      continue
    }
    const bare = part.replace(/^mailto:/i, '')
    // "a@b.example c@d.example": blanks between addresses, as pasted from a sheet
    const words = bare.split(/\s+/)
    if (words.length > 1 && words.every(isMailAddress)) for (const address of words) found.push({ name: '', address })
    else found.push({ name: '', address: bare })
  }
  return found
}

const key = (one: Address): string => addressKey(one.address)

/** Adds recipients without doubling an address that is there. */
export function addRecipients(there: readonly Address[], more: readonly Address[]): Address[] {
  const known = new Set(there.map(key))
  const added = more.filter((one) => !known.has(key(one)) && known.add(key(one)))
  return [...there, ...added]
}

/** Name and address as a person edits them. */
export function recipientText({ name, address }: Address): string {
  if (!name) return address
  return /[",;<>@]/.test(name) ? `"${name.replace(/["\\]/g, '\\$&')}" <${address}>` : `${name} <${address}>`
}
