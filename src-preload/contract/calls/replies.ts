import * as z from 'zod'
import { done, nothing, store, undoable, type CallDef } from './define'
import { Bytes, Draft, DraftContent, DraftFile, DraftKind, Id, OutboxItem, Time } from '../mail'
import { Assignee } from '../work'

/** Drafts and the outbox. */
export const replyCalls = {
  'drafts.list': store(
    'read',
    'read',
    () => nothing,
    () => z.object({ drafts: z.array(Draft) }),
  ),
  'drafts.get': store(
    'read',
    'read',
    () => z.object({ id: Id }),
    () => Draft,
  ),
  /**
   * Begins a draft with recipients, subject and quote filled in, or returns the one that the conversation already has. `instead`:
   * that one goes, with what it says, and its files go along.
   */
  'drafts.start': store(
    'write',
    'work',
    () =>
      z.object({
        kind: DraftKind,
        conversationId: Id.nullable(),
        messageId: Id.nullable(),
        mailboxId: Id.nullable().default(null),
        /** The text of the message as it was shown, for the quote. */
        visibleText: z.string().max(2_000_000).nullable().default(null),
        instead: Id.nullable().default(null),
      }),
    () => Draft,
  ),
  'drafts.save': store(
    'write',
    'work',
    () => DraftContent.extend({ id: Id }),
    () => z.object({ savedAt: Time }),
  ),
  /** Its writer has seen what came in since. */
  'drafts.rebase': store(
    'write',
    'work',
    () => z.object({ id: Id }),
    () => done,
  ),
  'drafts.discard': store(
    'write',
    'work',
    () => z.object({ id: Id }),
    () => undoable,
  ),
  'drafts.attach': store(
    'write',
    'work',
    () => z.object({ id: Id, name: z.string().max(1000), type: z.string().max(200), bytes: Bytes }),
    () => DraftFile,
  ),
  'drafts.detach': store(
    'write',
    'work',
    () => z.object({ id: Id, fileId: Id }),
    () => done,
  ),
  /** Freezes identity, envelope and text, and queues it. Durable before it answers (R39). */
  'outbox.send': store(
    'write',
    'send',
    () =>
      z.object({
        draftId: Id,
        thenStatus: z.enum(['open', 'pending', 'closed']),
        /** null: after the undo window. */
        sendAt: Time.nullable().default(null),
        /** Stops for review when somebody answers or writes meanwhile. */
        unlessAnswered: z.boolean().default(true),
        /** Given to in the same act; null: to nobody; left out: it stays as it is. */
        assign: Assignee.nullable().optional(),
      }),
    () => z.object({ outboxId: Id, conversationId: Id, dueAt: Time, state: z.enum(['queued', 'held']) }),
  ),
  /** Takes a reply back as long as it has not begun to leave; the draft returns with its recipients. */
  'outbox.undo': store(
    'write',
    'send',
    () => z.object({ id: Id }),
    () => z.object({ draftId: Id, conversationId: Id.nullable() }),
  ),
  'outbox.list': store(
    'read',
    'read',
    () => nothing,
    () => z.object({ items: z.array(OutboxItem) }),
  ),
  'outbox.retry': store(
    'write',
    'send',
    () => z.object({ id: Id }),
    () => done,
  ),
  /** A person decides about an uncertain one: it did arrive, or send it again. */
  /** What came in meanwhile is known: the answer leaves all the same. */
  'outbox.sendAnyway': store(
    'write',
    'send',
    () => z.object({ id: Id }),
    () => done,
  ),
  'outbox.reschedule': store(
    'write',
    'send',
    () => z.object({ id: Id, sendAt: Time.nullable(), unlessAnswered: z.boolean() }),
    () => done,
  ),
  'outbox.toNote': store(
    'write',
    'work',
    () => z.object({ id: Id }),
    () => undoable,
  ),
  'outbox.discard': store(
    'write',
    'send',
    () => z.object({ id: Id }),
    () => undoable,
  ),
  /** The recipients that the server has not taken yet shall not get it. */
  'outbox.giveUpRest': store(
    'write',
    'send',
    () => z.object({ id: Id }),
    () => done,
  ),
  'outbox.decide': store(
    'write',
    'send',
    () => z.object({ id: Id, decision: z.enum(['arrived', 'send-again']) }),
    () => done,
  ),
} as const satisfies Record<string, CallDef>
