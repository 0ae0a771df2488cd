import type { Address } from '../../src-preload/contract'
import { addressKey } from '../../src-preload/contract/address'

/** Enough of RFC 5321 to catch slips, loose enough to let every address through that a server would take. */
const localPart = /^(?:"(?:[^"\\\r\n]|\\[^\r\n]){1,62}"|[^\s@<>()[\],;:\\"]{1,64})$/u
const domain =
  /^(?:(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.)*[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?|\[[\d.a-f:]+\])$/iu

/** Whether mail can be sent to it: a local part, an @, a host name. */
export function isValidAddress(address: string): boolean {
  const at = address.lastIndexOf('@')
  if (at < 1 || address.length > 254) return false
  const [local, host] = [address.slice(0, at), address.slice(at + 1)]
  return (
    localPart.test(local) &&
    !local.startsWith('.') &&
    !local.endsWith('.') &&
    !local.includes('..') &&
    domain.test(host)
  )
}

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
 * lines. What is no address is kept as it is, so that nothing vanishes; `isValidAddress` tells them apart.
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
    if (words.length > 1 && words.every(isValidAddress)) for (const address of words) found.push({ name: '', address })
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
