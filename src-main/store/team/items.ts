import { hash as digest } from 'node:crypto'
import * as z from 'zod'
import { PosternError } from '../../../src-preload/contract/errors'
import { fromCbor, readBlob, toCbor, type SealedBlob } from '../../crypto/blob'
import { readRecord } from '../../crypto/roster-record'

/**
 * What lies on the server is a message with one attachment: a magic word and a list of items, each a blob, a roster record or
 * a request to join, a mark, a question or a part of a snapshot. Anybody may put anybody's items back, in any company: signatures are over the items.
 */
const magic = Buffer.from('PST1')
const Items = z
  .array(z.tuple([z.enum(['log', 'roster', 'join', 'mark', 'want', 'snap']), z.instanceof(Uint8Array)]))
  .max(2000)
/** `mark`: who is here now, `want`: what is missing somewhere; kept by nobody. `snap`: a part of a snapshot. */
export type ItemKind = 'log' | 'roster' | 'join' | 'mark' | 'want' | 'snap'
export interface Item {
  readonly kind: ItemKind
  readonly bytes: Uint8Array
}

export const packItems = (items: readonly Item[]): Uint8Array =>
  Buffer.concat([magic, toCbor(items.map(({ kind, bytes }) => [kind, bytes]))])

/** @throws PosternError `unreadable` */
export function unpackItems(pack: Uint8Array): Item[] {
  if (!magic.equals(pack.subarray(0, 4))) throw new PosternError('unreadable', 'not a message of the team')
  const items = Items.safeParse(fromCbor(pack.subarray(4)))
  if (!items.success) throw new PosternError('unreadable', 'a message of the team does not fit')
  return items.data.map(([kind, bytes]) => ({ kind, bytes }))
}

/** The name of an item on every console; a blob is taken apart for it. @throws PosternError `unreadable`, `too-large` */
export function nameItem({ kind, bytes }: Item): { hash: string; blob: SealedBlob | null } {
  if (kind === 'log') {
    const blob = readBlob(bytes)
    return { hash: blob.hash, blob }
  }
  if (kind === 'snap') return { hash: readBlob(bytes).hash, blob: null }
  return {
    hash:
      kind === 'roster'
        ? readRecord(bytes).hash
        : digest('sha256', Buffer.from(bytes), 'buffer').toString('hex', 0, 16),
    blob: null,
  }
}
