import type { ParsedMessage } from '../../../src-preload/contract/internal'
import type { Reader, Writer } from '../file/database'
import { place } from '../mail/places'
import { addressKey } from '../../../src-preload/contract/address'
import { parsePeople } from '../rows'
import type { Workspace } from '../workspace'

/** As many messages of ours in one conversation to one address within the hour: people write slower, machines do not. */
const mostInWindow = 10
const window = 3_600_000
/** How long a message that came back makes each next one ask, ms. */
const returnedCounts = 24 * 3_600_000

/**
 * Why a message must not leave without a person's word: two machines may be answering each other (RFC 3834, 2), or what
 * we send comes back to us. null: nothing speaks against it.
 */
export function loopIn(
  read: Reader,
  conversationId: number,
  recipients: readonly string[],
  now: number,
): 'looping' | 'came-back' | null {
  if (
    read.get(
      'SELECT 1 FROM messages WHERE conversation_id = ? AND returned = 1 AND date > ?',
      conversationId,
      now - returnedCounts,
    )
  )
    return 'came-back'
  const keys = new Set(recipients.map(addressKey))
  const counts = new Map<string, number>()
  const ours = read.all<{ people: string }>(
    `SELECT people FROM messages WHERE conversation_id = ? AND direction = 1 AND date > ? AND place <> ${place.leaving} LIMIT 1000`,
    conversationId,
    now - window,
  )
  for (const { people } of ours) {
    const { to, cc } = parsePeople(people)
    for (const key of new Set([...to, ...cc].map(({ address }) => addressKey(address))))
      if (keys.has(key)) counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  return [...counts.values()].some((count) => count >= mostInWindow) ? 'looping' : null
}

/** Whether mail from outside bears the private header of a message that left from here: a list or a forwarder sent it back. */
export function isEcho(tx: Writer, { posternId }: ParsedMessage): boolean {
  return posternId !== null && tx.get('SELECT 1 FROM outbox WHERE postern_id = ?', posternId) !== undefined
}

/** Whether a copy of our own message was delivered to us although it was written to others; a copy that was filed has no such trace. */
export function wasDeliveredBack(workspace: Workspace, { deliveredTo = [] }: ParsedMessage): boolean {
  return deliveredTo.some((address) => workspace.own.has(addressKey(address)))
}
