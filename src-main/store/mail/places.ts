import type { FolderRole } from '../../../src-preload/contract/mailboxes'
import type { Writer } from '../file/database'

/** What a message's locations amount to. Stored numbers: never renumber. */
export const place = {
  inbox: 1,
  /** Archive, Sent or any other folder. */
  other: 2,
  junk: 3,
  trash: 4,
  /** Was in a folder and is in none any more: deleted on the server, kept here. */
  gone: 5,
  /** A draft on the server: of no conversation. */
  draft: 6,
  /** Sent from here; its copy in Sent has not been seen yet. */
  sent: 7,
  /** Composed and about to leave: shown as an outbox item, not yet as a message. */
  leaving: 8,
} as const
export type Place = (typeof place)[keyof typeof place]

/** Places whose messages keep a conversation in the lists. */
export const listedPlaces: ReadonlySet<number> = new Set([place.inbox, place.other, place.junk, place.sent])
/** Places whose messages are shown in a conversation, as SQL. */
export const shownPlaces = `(${place.inbox}, ${place.other}, ${place.junk}, ${place.trash}, ${place.gone}, ${place.sent})`

export function placeOfRole(role: FolderRole): Place {
  if (role === 'inbox' || role === 'junk' || role === 'trash') return place[role]
  return role === 'drafts' ? place.draft : place.other
}

/** Where a message of Gmail's All Mail counts as lying, by its labels. */
export function roleOfLabels(labels: readonly string[]): FolderRole {
  const has = (name: string): boolean => labels.some((label) => label.toLowerCase() === name)
  if (has('\\draft') || has('\\drafts')) return 'drafts'
  if (has('\\inbox')) return 'inbox'
  return has('\\sent') ? 'sent' : 'archive'
}

/** The nearest to a person's eyes wins: a message in the inbox and in the trash is in the inbox. */
const order: readonly Place[] = [place.inbox, place.other, place.junk, place.trash, place.draft]

function bestPlace(places: Iterable<Place>): Place | null {
  const all = new Set(places)
  return order.find((one) => all.has(one)) ?? null
}

interface LocationRow {
  role: FolderRole
  flags: number
}

/** Brings `place` and `seen` of a message in line with its locations. A move that waits for the network counts as done. */
export function replaceMessage(tx: Writer, messageId: number): void {
  const locations = tx.all<LocationRow>(
    'SELECT coalesce(l.moving_to, l.shown_as, f.role) AS role, l.flags FROM locations l JOIN folders f ON f.id = l.folder_id WHERE l.message_id = ?',
    messageId,
  )
  const best = bestPlace(locations.map(({ role }) => placeOfRole(role)))
  if (best === null) {
    // One that was never in a folder is not gone.
    tx.run(
      `UPDATE messages SET place = ? WHERE id = ? AND place NOT IN (${place.sent}, ${place.leaving})`,
      place.gone,
      messageId,
    )
    return
  }
  // Read in one place is read: agents share the inbox.
  const seen = locations.some(({ flags }) => (flags & 1) !== 0) ? 1 : 0
  tx.run(
    'UPDATE messages SET place = ?1, seen = ?2 WHERE id = ?3 AND (place <> ?1 OR seen <> ?2)',
    best,
    seen,
    messageId,
  )
}
