import type { AutoKind } from '../../../src-preload/contract/mail'

/** What the parts of a message tell about how it came to be written. */
export interface AutoEvidence {
  readonly first: (key: string) => string | undefined
  readonly contentType: string
  readonly fromAddress: string
}

/** Whether a machine wrote the message, and of which kind (RFC 3834, RFC 3464, RFC 2919, RFC 2369). */
export function autoKind({ first, contentType, fromAddress }: AutoEvidence): AutoKind {
  const type = contentType.toLowerCase()
  const local = fromAddress.split('@')[0]?.toLowerCase() ?? ''
  if (/^multipart\/report\b/.test(type) && /report-type\s*=\s*"?delivery-status/.test(type)) return 'bounce'
  if (
    (local === 'mailer-daemon' || local === 'postmaster') &&
    (first('return-path')?.trim() === '<>' ||
      first('auto-submitted') !== undefined ||
      first('x-failed-recipients') !== undefined)
  )
    return 'bounce'
  const submitted = first('auto-submitted')?.trim().toLowerCase() ?? ''
  const precedence = first('precedence')?.trim().toLowerCase() ?? ''
  if (
    submitted.startsWith('auto-replied') ||
    first('x-autoreply') !== undefined ||
    first('x-autorespond') !== undefined ||
    precedence === 'auto_reply'
  )
    return 'auto-reply'
  if (
    first('list-unsubscribe') !== undefined ||
    first('list-id') !== undefined ||
    first('list-post') !== undefined ||
    precedence === 'bulk' ||
    precedence === 'list' ||
    precedence === 'junk'
  )
    return 'newsletter'
  if (submitted !== '' && !submitted.startsWith('no')) return 'notification'
  const suppress = first('x-auto-response-suppress')?.toLowerCase() ?? ''
  // Exchange writes this header into mail that no out-of-office note may answer.
  if (/\b(?:all|oof|autoreply)\b/.test(suppress)) return 'notification'
  // Other reports (receipts, abuse), and whatever its sender wants no answer to: an empty return path (RFC 3834, 2).
  if (/^multipart\/report\b/.test(type) || first('return-path')?.trim() === '<>') return 'notification'
  return /^(?:no-?reply|do-?not-?reply|notifications?|mailer|bounces?)\b/.test(local) ? 'notification' : 'none'
}
