import * as z from 'zod'
import { nothing, store, undoable, type CallDef } from './define'
import { ThingName } from '../fields'
import { Conversation, ConversationRow, Id, LabelName, Status, View } from '../mail'
import { TagName } from '../work'

const filter = {
  view: View,
  mailboxId: Id.nullable().default(null),
  tag: TagName.nullable().default(null),
  /** With the view inbox: all conversations in sight that have it. */
  label: LabelName.nullable().default(null),
  /** A saved view; then `view` means nothing. */
  saved: ThingName.nullable().default(null),
}

/** The list, one conversation, and acts on them. */
export const conversationCalls = {
  'counts.get': store(
    'read',
    'read',
    () => nothing,
    () =>
      z.object({
        views: z.record(View, z.int()),
        unread: z.int(),
        mailboxes: z.array(z.object({ id: Id, open: z.int(), unread: z.int() })),
      }),
  ),
  'conversations.list': store(
    'read',
    'read',
    () =>
      z.object({
        ...filter,
        order: z.enum(['newest', 'oldest']).default('newest'),
        unreadOnly: z.boolean().default(false),
        offset: z.int().min(0),
        limit: z.int().min(1).max(200),
      }),
    () => z.object({ rows: z.array(ConversationRow), total: z.int() }),
  ),
  /** Position of a conversation in a list, to keep the selection through a refetch; -1 when it is not in it. */
  'conversations.position': store(
    'read',
    'read',
    () =>
      z.object({
        ...filter,
        order: z.enum(['newest', 'oldest']).default('newest'),
        unreadOnly: z.boolean().default(false),
        id: Id,
      }),
    () => z.object({ position: z.int() }),
  ),
  'conversations.get': store(
    'read',
    'read',
    () => z.object({ id: Id }),
    () => Conversation,
  ),
  'conversations.setStatus': store(
    'write',
    'work',
    () => z.object({ ids: z.array(Id).min(1).max(1000), status: Status }),
    () => undoable,
  ),
  'conversations.setRead': store(
    'write',
    'work',
    () => z.object({ ids: z.array(Id).min(1).max(1000), read: z.boolean() }),
    () => undoable,
  ),
  /** Moves all messages to the mailbox's Trash folder on the server. */
  'conversations.trash': store(
    'write',
    'work',
    () => z.object({ ids: z.array(Id).min(1).max(1000) }),
    () => undoable,
  ),
  /** Puts what customers wrote into another mailbox; it leaves the old one once it was met there. @throws `conflict` when a message is not here whole */
  'conversations.move': store(
    'write',
    'work',
    () => z.object({ ids: z.array(Id).min(1).max(1000), mailboxId: Id }),
    () => undoable,
  ),
  /** `left`: conversations that somebody changed since and that stay as they are. */
  'acts.undo': store(
    'write',
    'note',
    () => z.object({ undo: z.string() }),
    () => z.object({ left: z.int() }),
  ),
} as const satisfies Record<string, CallDef>
