import type { DeliveryReport } from '../../../src-preload/contract/internal'
import { messageIds } from './addresses'

/** Reports are short; what lies beyond is the returned message. */
const longestLook = 512 * 1024
const mostRecipients = 100
const longestLine = 500

type Action = DeliveryReport['recipients'][number]['action']

/**
 * What a delivery report says: which message of ours, to whom, and the server's own line. Reads RFC 3464 fields wherever
 * they stand in the source, because many senders pack them in parts that are declared as something else, and the wordings
 * of Postfix, qmail, Exim and Gmail where there are no fields. null: it says nothing about anybody.
 * @param ids what its own headers say it answers
 */
export function deliveryReport(
  raw: Uint8Array,
  ownId: string | null,
  failedHeader: string | undefined,
  ids: readonly string[],
): DeliveryReport | null {
  const source = Buffer.from(raw.buffer, raw.byteOffset, Math.min(raw.byteLength, longestLook))
    .toString('latin1')
    .replace(/\r\n/g, '\n')
  const text = /^content-transfer-encoding:\s*quoted-printable/im.test(source)
    ? source
        .replace(/=\n/g, '')
        .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    : source
  const recipients = fields(text)
  if (recipients.length === 0) recipients.push(...wordings(text, failedHeader))
  if (recipients.length === 0) return null
  const quoted = [...text.matchAll(/^[ >]*message-id:\s*(<[^<>\s]{1,990}>)/gim)]
    .flatMap((match) => messageIds(match[1] ?? '', 1))
    .filter((id) => id !== ownId)
  const posternId = /^[ >]*x-postern-id:\s*(\S{1,200})/im.exec(text)?.[1] ?? null
  return {
    messageIds: [...new Set([...quoted, ...ids])].slice(0, 20),
    posternId,
    recipients: recipients.slice(0, mostRecipients),
  }
}

/** Per-recipient fields of RFC 3464, 2.3: a block for each recipient, blank lines between. */
function fields(text: string): DeliveryReport['recipients'] {
  const found: DeliveryReport['recipients'] = []
  for (const block of text.split(/\n[ \t]*\n/)) {
    if (!/^(?:final|original)-recipient:/im.test(block)) continue
    const unfolded = block.replace(/\n[ \t]+/g, ' ')
    const field = (name: string): string => new RegExp(`^${name}:[ \\t]*(.*)$`, 'im').exec(unfolded)?.[1]?.trim() ?? ''
    const address = addressIn(field('original-recipient')) ?? addressIn(field('final-recipient'))
    const action = actionOf(field('action'), field('status'))
    if (address === null || action === null) continue
    const line = field('diagnostic-code').replace(/^[\w.-]+\s*;\s*/, '')
    found.push({
      address,
      action,
      line: (line === '' ? field('status') : line).replace(/\s+/g, ' ').slice(0, longestLine),
    })
  }
  return found
}

function actionOf(action: string, status: string): Action | null {
  const word = action.toLowerCase().split(/[\s;(]/)[0] ?? ''
  if (word === 'failed') return 'failed'
  if (word === 'delayed') return 'delayed'
  if (word === 'delivered' || word === 'relayed' || word === 'expanded') return 'delivered'
  return status.startsWith('5') ? 'failed' : status.startsWith('4') ? 'delayed' : null
}

/** `rfc822;a@b`, `RFC822; <a@b>`, a bare address. */
function addressIn(value: string): string | null {
  const bare = value
    .replace(/^[\w-]+\s*;\s*/, '')
    .replace(/^<|>$/g, '')
    .trim()
  return /^[^\s@<>]{1,128}@[^\s@<>]{1,190}$/.test(bare) ? bare : null
}

const wordy =
  /\b(?:could not be delivered|couldn't be delivered|undeliverable|delivery (?:to|has) .{0,60}failed|permanent(?:ly)? (?:fatal )?(?:error|failed|failure)|does not exist|no such user|unrouteable|mailbox (?:is )?full|user unknown|addresses? failed|returned mail|failed permanently)\b/i

/** Reports without fields: `X-Failed-Recipients` (Exim, Gmail), `<a@b>: 550 …` (qmail and its heirs). */
function wordings(text: string, failedHeader: string | undefined): DeliveryReport['recipients'] {
  // The returned message below may quote anything.
  const own =
    text.split(/^-{2,}.*(?:original|copy of).*$|^content-type: *(?:message\/rfc822|text\/rfc822-headers)/im)[0] ?? text
  const named = (failedHeader ?? '').split(',').flatMap((one) => addressIn(one.trim()) ?? [])
  const lines = [...own.matchAll(/^[ \t]*<([^\s@<>]{1,128}@[^\s@<>]{1,190})>:?[ \t]*\n?((?:.+\n?){0,4})/gm)].flatMap(
    (match) => {
      const said = (match[2] ?? '').replace(/\s+/g, ' ').trim()
      return match[1] !== undefined && (/\b[45]\d\d[ -]/.test(said) || wordy.test(said))
        ? [{ address: match[1], said }]
        : []
    },
  )
  const said = /^.*\b([45]\d\d[ -]\d\.\d{1,3}\.\d{1,3}.*|5\d\d .*)$/m.exec(own)?.[0]?.replace(/\s+/g, ' ').trim() ?? ''
  if (named.length > 0)
    return named.map((address) => ({
      address,
      action: 'failed' as const,
      line: (lines.find((line) => line.address === address)?.said ?? said).slice(0, longestLine),
    }))
  return lines.map(({ address, said: line }) => ({
    address,
    action: /^4\d\d\b|\bwill (?:keep|be) (?:trying|retried)/i.test(line) ? ('delayed' as const) : ('failed' as const),
    line: line.slice(0, longestLine),
  }))
}
