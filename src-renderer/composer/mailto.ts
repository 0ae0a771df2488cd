import type { Address } from '../../src-preload/contract'
import { isMailAddress } from '../../src-preload/contract/address'
import { parseRecipients } from './recipients'

export interface MailtoFields {
  to: Address[]
  cc: Address[]
  subject: string
  /** Plain text. */
  body: string
}

const most = { people: 50, subject: 500, body: 20_000 }

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const oneLine = (text: string): string => text.replace(/[\u0000-\u001f\u007f\u2028\u2029]+/g, ' ').trim()

function people(text: string): Address[] {
  return parseRecipients(oneLine(text))
    .map(({ address }) => ({ name: '', address }))
    .filter(({ address }) => isMailAddress(address))
}

/**
 * Reads a mailto: link (RFC 6068): to, cc, subject and body, nothing else. Attachments, Bcc, From and every other header
 * field are ignored, and no field can begin a second line (R17).
 */
export function parseMailto(url: string): MailtoFields {
  const [, path = '', query = ''] = /^mailto:([^?]*)(?:\?(.*))?$/is.exec(url.trim()) ?? []
  const fields: MailtoFields = { to: people(decode(path)), cc: [], subject: '', body: '' }
  for (const pair of query.replace(/#.*$/s, '').split(/&(?:amp;)?/i)) {
    const at = pair.indexOf('=')
    if (at < 1) continue
    const name = decode(pair.slice(0, at)).toLowerCase()
    const value = decode(pair.slice(at + 1))
    if (name === 'to') fields.to.push(...people(value))
    else if (name === 'cc') fields.cc.push(...people(value))
    else if (name === 'subject') fields.subject = oneLine(value).slice(0, most.subject)
    else if (name === 'body')
      fields.body = value
        .replace(/\r\n?/g, '\n')
        .replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '')
        .slice(0, most.body)
  }
  fields.to = fields.to.slice(0, most.people)
  fields.cc = fields.cc.slice(0, most.people)
  return fields
}
