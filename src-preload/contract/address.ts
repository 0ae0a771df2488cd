/** What mail can be written to: the form of an address, decided once for what is read, typed and sent. */

const word = String.raw`[^\s@<>()[\],;:\\"\u0000-\u001f\u007f-\u009f]+`
const quoted = String.raw`"(?:[^"\\<>\u0000-\u001f\u007f-\u009f]|\\[^<>\u0000-\u001f\u007f-\u009f])+"`
const label = String.raw`[^\s@<>()[\],;:\\".\u0000-\u001f\u007f-\u009f]+`
const form = new RegExp(
  String.raw`^(?:${word}|${quoted})@(?:${label}(?:\.${label})*|\[[\da-f:.]+\]|\[IPv6:[\da-f:.]+\])$`,
  'iu',
)
const plain = new RegExp(`^${word}$`, 'u')

/** Whether it has the form of an address (RFC 5321 4.1.2), any letters allowed; dots in odd places are, for some phone companies hand them out. */
export function isMailAddress(text: string): boolean {
  return text.length <= 320 && form.test(text)
}

/** Whether it has the form of a mailbox's own address, as programs ask for it: no quotes, and a domain of two labels at least. */
export function isMailboxAddress(text: string): boolean {
  return isMailAddress(text) && /^[^"@]+@[^@[]+\.[^@[]+$/.test(text)
}

/** A local part in quotes in one form, without quotes where it needs none: `"Ana"@x.test` is Ana@x.test. Anything else stays as it is. */
export function normalQuotes(address: string): string {
  const [, inside, host] = /^"((?:[^"\\]|\\.)*)"@([^@"]*)$/.exec(address) ?? []
  if (inside === undefined || host === undefined) return address
  const local = inside.replace(/\\(.)/g, '$1')
  return plain.test(local) ? `${local}@${host}` : `"${local.replace(/["\\]/g, '\\$&')}"@${host}`
}

/** What stands for an address where addresses are compared: nobody tells people apart by capitals (RFC 5321 2.4). */
export const addressKey = (address: string): string => address.trim().toLowerCase()

export const sameAddress = (one: string, other: string): boolean => addressKey(one) === addressKey(other)
