import * as z from 'zod'

/**
 * Topics pushed to the window. They carry ids, never content: the window asks again for what it shows.
 * An empty id list means "many, ask again for everything on screen".
 */
export const PosternEvent = z.discriminatedUnion('topic', [
  z.object({ topic: z.literal('conversations'), ids: z.array(z.int()) }),
  /** A customer wrote just now; not for mail of a first sync or an import. Empty: many. */
  z.object({ topic: z.literal('arrived'), ids: z.array(z.int()) }),
  /** Servers just said that somebody did not get what was sent from here. */
  z.object({ topic: z.literal('undelivered'), ids: z.array(z.int()) }),
  /** A colleague's note just named this person; a colleague just gave them, or a group of theirs, a conversation. Not for what is caught up with. */
  z.object({ topic: z.literal('mentioned'), ids: z.array(z.int()) }),
  z.object({ topic: z.literal('given'), ids: z.array(z.int()) }),
  z.object({ topic: z.literal('given-group'), ids: z.array(z.int()) }),
  z.object({ topic: z.literal('counts') }),
  z.object({ topic: z.literal('customers'), ids: z.array(z.int()) }),
  z.object({ topic: z.literal('drafts'), ids: z.array(z.int()) }),
  z.object({ topic: z.literal('outbox'), ids: z.array(z.int()) }),
  z.object({ topic: z.literal('mailboxes') }),
  z.object({ topic: z.literal('sync') }),
  z.object({ topic: z.literal('settings') }),
  z.object({ topic: z.literal('ledger') }),
  z.object({ topic: z.literal('transfers') }),
  /** Grants, support sessions, the access log. */
  z.object({ topic: z.literal('access') }),
  /** Tells the window of a support session that it is over, and why. */
  z.object({ topic: z.literal('support-ended'), why: z.string() }),
  /** Roster, link or trouble of the team. */
  z.object({ topic: z.literal('team') }),
  z.object({ topic: z.literal('tags') }),
  /** Definitions of saved views and custom fields. */
  z.object({ topic: z.literal('views') }),
  /** The store was gone and is there again: whatever it told meanwhile was not heard. */
  z.object({ topic: z.literal('store-back') }),
  /** Who looks at what, and who has begun an answer. */
  z.object({ topic: z.literal('presence') }),
  /** app: the state of the program changed (store ready, locked, failed; a service stopped). */
  z.object({ topic: z.literal('app-state') }),
  /** app: a running connection test has new results. */
  z.object({ topic: z.literal('connection-test'), testId: z.string() }),
  /** app: a sign-in by browser went on or ended, or the state of a kept one changed. */
  z.object({ topic: z.literal('sign-in'), signInId: z.string() }),
  /** app: a menu entry or the system asks the window to do something. */
  z.object({ topic: z.literal('command'), name: z.string(), id: z.int().optional() }),
])
export type PosternEvent = z.infer<typeof PosternEvent>
export type Topic = PosternEvent['topic']
