import { hash } from 'node:crypto'
import type { ParsedMessage } from '../../src-preload/contract/internal'

type Written = Pick<ParsedMessage, 'from' | 'subject' | 'date' | 'to' | 'cc' | 'unreadable'> & {
  readonly attachments: readonly { readonly name: string; readonly size: number }[]
}

/**
 * What the sender wrote, without the trace headers: copies that went to two of our addresses have it in common, and a
 * forgery under a known Message-ID has not. 16 bytes.
 * @param words all words of the message that are to be found
 * @param raw of a message with neither Message-ID nor date: a machine may well write the same words every hour, and only the
 * trace headers tell one such message from another
 */
export function contentHash(message: Written, words: string, raw: Uint8Array | null = null): Uint8Array {
  const written = [
    message.from.address,
    message.subject,
    message.date,
    message.to,
    message.cc,
    words,
    message.attachments.map(({ name, size }) => [name, size]),
    message.unreadable,
    ...(raw === null ? [] : [hash('sha256', raw)]),
  ]
  return new Uint8Array(hash('sha256', JSON.stringify(written), 'buffer').subarray(0, 16))
}
