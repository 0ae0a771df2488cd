import * as z from 'zod'
import { defer } from '../defer'
import { Failure } from '../errors'
import { Bytes, Id, Time } from '../mail'
import { FolderRole, Mailbox } from '../mailboxes'
import { NetworkContact, NetworkRules } from '../network'
import { done, nothing, type CallTable } from './define'
import {
  Buffers,
  FolderCursor,
  ImportPage,
  IngestItem,
  Labels,
  MailboxProgress,
  PackedItem,
  ParsedMessage,
} from './ingest'
import { OutboxJob, OutboxOutcome, ServerOp } from './jobs'
import { NatsServer } from '../team-link'
import { teamForMail } from './team'

/** Served by store to mail. */
export const storeForMail = {
  'mailboxes.all': defer(
    () => nothing,
    () => z.object({ mailboxes: z.array(Mailbox) }),
  ),
  /** Makes the folders of a mailbox equal to the server's list; folders that are gone lose their locations, never their messages' records. */
  'folders.sync': defer(
    () =>
      z.object({
        mailboxId: Id,
        folders: z.array(z.object({ path: z.string().max(1000), delimiter: z.string().nullable(), role: FolderRole })),
        /** Folders that the list lacks and that are there all the same. */ keep: z.array(z.string()).default([]),
        /** Gmail: its labels, used or not. */ labels: z.array(z.string().max(1000)).max(10_000).default([]),
      }),
    () => z.object({ folders: z.array(FolderCursor) }),
  ),
  /** What is known of a mailbox's folders. */
  'folders.all': defer(
    () => z.object({ mailboxId: Id }),
    () => z.object({ folders: z.array(FolderCursor) }),
  ),
  /** UIDVALIDITY is new or changed: forgets the folder's UIDs (not its messages) and starts its cursor anew. */
  'folder.reset': defer(
    () => z.object({ folderId: Id, uidValidity: z.string() }),
    () => FolderCursor,
  ),
  /** Which of these UIDs are stored (to skip them), and which messages are known by hash elsewhere. */
  'folder.known': defer(
    () => z.object({ folderId: Id, uidValidity: z.string(), fromUid: z.int(), toUid: z.int() }),
    () => z.object({ uids: z.array(z.int()) }),
  ),
  /** Of a folder that was numbered anew, and of copies of what left from here: which of these messages are known by their headers and need not be fetched. */
  'folder.reattach': defer(
    () =>
      z.object({
        folderId: Id,
        uidValidity: z.string(),
        items: z
          .array(
            IngestItem.pick({ uid: true, flags: true, labels: true, thread: true }).extend({
              /** Of the whole message, bytes. */ size: z.int().min(0),
              /** The header block with the empty line below it. */ header: Bytes,
            }),
          )
          .max(500),
      }),
    () => z.object({ uids: z.array(z.int()) }),
  ),
  /** One page, idempotent by (folder, uidValidity, uid); the cursor moves in the same transaction. */
  'ingest.page': defer(
    () =>
      z.object({
        folderId: Id,
        uidValidity: z.string(),
        items: z.array(PackedItem).max(500),
        buffers: Buffers,
        cursor: FolderCursor.pick({ highUid: true, lowUid: true, modSeq: true, complete: true }).partial(),
        /** true in the first sync and imports: no notifications, no re-opening of old conversations. */
        backfill: z.boolean(),
      }),
    /** `asked`: somebody asks the store on and on, so the next page had better come gently. */
    () => z.object({ stored: z.int(), asked: z.boolean() }),
  ),
  /** Flags seen on the server; a flag with a queued act of ours keeps our value. */
  'flags.apply': defer(
    () =>
      z.object({
        folderId: Id,
        uidValidity: z.string(),
        changes: z.array(z.object({ uid: z.int(), flags: z.array(z.string()), labels: Labels })),
        modSeq: z.string().nullable(),
        /** The server keeps any keyword. */ keywords: z.boolean().default(false),
      }),
    () => z.object({ changed: z.int() }),
  ),
  'folder.vanished': defer(
    () => z.object({ folderId: Id, uidValidity: z.string(), uids: z.array(z.int()) }),
    () => z.object({ removed: z.int() }),
  ),
  /** An entry of the ledger: the server's count of a folder. `verified`: its UIDs were compared one by one; `missing`: the server did not hand out so many. */
  'folder.checked': defer(
    () => z.object({ folderId: Id, serverCount: z.int(), at: Time, missing: z.int().min(0), verified: z.boolean() }),
    () => z.object({ localCount: z.int() }),
  ),
  /** Counts of many folders at once; answers with those complete folders whose count here is another, and how many messages are here in all. */
  'folders.counted': defer(
    () => z.object({ at: Time, counts: z.array(z.object({ folderId: Id, serverCount: z.int() })).max(10_000) }),
    () => z.object({ differing: z.array(Id), done: z.int() }),
  ),
  /** The server gave a folder another name: the same UIDs under a new path. */
  'folder.renamed': defer(
    () => z.object({ folderId: Id, path: z.string().max(1000), delimiter: z.string().nullable() }),
    () => done,
  ),
  /** Some messages of a folder, spread over it, by what tells them apart without their bodies. */
  'folder.sample': defer(
    () => z.object({ folderId: Id, limit: z.int().min(1).max(200) }),
    () =>
      z.object({
        messages: z.array(
          z.object({ uid: z.int(), messageId: z.string().nullable(), size: z.int(), sent: z.boolean() }),
        ),
      }),
  ),
  'progress.set': defer(
    () => MailboxProgress,
    () => done,
  ),
  /** Queued flag and move acts of a mailbox, oldest first; they stay until settled. */
  'ops.next': defer(
    () => z.object({ mailboxId: Id, limit: z.int(), after: z.int().default(0) }),
    () => z.object({ ops: z.array(ServerOp) }),
  ),
  /** How many acts wait, without taking any; those that rest are left out. */
  'ops.waiting': defer(
    () => z.object({ mailboxId: Id, except: z.array(Id).default([]) }),
    () => z.object({ count: z.int() }),
  ),
  'ops.settle': defer(
    () =>
      z.object({
        id: Id,
        result: z.enum(['done', 'gone', 'retry', 'refused']),
        newUids: z.array(z.object({ uid: z.int(), newUid: z.int() })),
        newPath: z.string().nullable(),
      }),
    () => done,
  ),
  /** The next reply that is due, marked `sending` before it is answered; null when none. */
  'outbox.claim': defer(
    /** `looked`: when everything that is in a mailbox was last seen; `lookedFor`: the item for which all were looked at just now. */
    () =>
      z.object({
        mailboxId: Id,
        looked: z.array(z.object({ mailboxId: Id, at: Time })),
        lookedFor: Id.nullable().optional(),
      }) /** `look`: this item is due, but these mailboxes of its conversation must be looked at first. */,
    () =>
      z.object({
        job: OutboxJob.nullable(),
        nextDueAt: Time.nullable(),
        look: z.object({ id: Id, mailboxIds: z.array(Id) }).nullable(),
      }),
  ),
  /** Keeps the composed bytes before the first byte leaves. */
  'outbox.composed': defer(
    () => z.object({ id: Id, raw: Bytes, message: ParsedMessage }),
    () => done,
  ),
  /**
   * The end of the message is about to be handed to the server: noted durably before it is, so that whatever is found leaving
   * without this note has surely not left. `conflict`: this try is not under way any more, nothing may be handed over.
   */
  'outbox.ending': defer(
    () => z.object({ id: Id, attempt: z.int() }),
    () => done,
  ),
  'outbox.settle': defer(
    () => OutboxOutcome,
    () => done,
  ),
  /** Messages that are here in part and whose whole belongs here: at most `limit`, newest first. */
  'parts.next': defer(
    () => z.object({ folderId: Id, since: z.int(), largest: z.int(), limit: z.int() }),
    () => z.object({ uids: z.array(z.int()) }),
  ),
  'parts.complete': defer(
    () => z.object({ folderId: Id, uidValidity: z.string(), uid: z.int(), message: ParsedMessage }),
    () => done,
  ),
  /** The oldest import that is not over. */
  'imports.next': defer(
    () => nothing,
    () =>
      z.object({
        job: z
          .object({ id: Id, paths: z.array(z.string()), position: z.string().nullable(), done: z.int() })
          .nullable(),
      }),
  ),
  /** `go`: false when a person cancelled it. */
  'import.page': defer(
    () => ImportPage,
    () => z.object({ go: z.boolean() }),
  ),
  'import.end': defer(
    () => z.object({ id: Id, error: Failure.nullable() }),
    () => done,
  ),
  /** The server of a mailbox answers again: what waited for want of it is due. */
  'outbox.reached': defer(
    () => z.object({ mailboxId: Id }),
    () => done,
  ),
  /** An outbox item in doubt was looked for in Sent until its time was up. */
  'outbox.lookedInVain': defer(
    () => z.object({ id: Id }),
    () => done,
  ),
  /** The next sent message whose copy is to be filed in Sent, but for those that rest; it stays until `done`. */
  'copies.next': defer(
    () => z.object({ mailboxId: Id, except: z.array(Id).default([]) }),
    () =>
      z.object({
        copy: z
          .object({ id: Id, messageId: z.string(), date: Time, raw: Bytes, tries: z.int(), throughId: Id.nullable() })
          .nullable(),
      }),
  ),
  /** `rests`: the server refused it so often that it is not tried again for a day. */
  'copies.settle': defer(
    () => z.object({ id: Id, done: z.boolean(), rests: z.boolean().default(false) }),
    () => done,
  ),
  /** A message that is to be put into a folder of this mailbox, but for those that rest; `id` is the message's. */
  'moves.next': defer(
    () => z.object({ mailboxId: Id, except: z.array(Id).default([]) }),
    () =>
      z.object({
        move: z
          .object({
            id: Id,
            messageId: z.string().nullable(),
            date: Time,
            seen: z.boolean(),
            raw: Bytes,
            role: z.enum(['inbox', 'archive']),
          })
          .nullable(),
      }),
  ),
  /** `mailboxId`: where it was put, which may not be where it belongs any more. */
  'moves.settle': defer(
    () => z.object({ id: Id, mailboxId: Id, done: z.boolean(), rests: z.boolean().default(false) }),
    () => done,
  ),
  'outbox.uncertain': defer(
    () => z.object({ mailboxId: Id }),
    () => z.object({ jobs: z.array(OutboxJob) }),
  ),
  /** What went over the network since it was told last; idempotence is not needed, a lost answer counts twice. */
  'network.record': defer(
    () => z.object({ contacts: z.array(NetworkContact).max(5000) }),
    () => done,
  ),
  ...teamForMail,
} as const satisfies CallTable
export type StoreForMail = typeof storeForMail

/** Served by mail to store. */
export const mailForStore = {
  /** Bytes of one attachment out of a message's source. */
  'part.extract': defer(
    () => z.object({ raw: Bytes, index: z.int().min(0) }),
    () => z.object({ type: z.string(), bytes: Bytes }),
  ),
  /** A remote image: https or http, public addresses only, no cookies, no referrer, at most 10 MB (R14). */
  'image.fetch': defer(
    () => z.object({ url: z.string() }),
    () => z.object({ type: z.string(), bytes: Bytes }),
  ),
  'outbox.wake': defer(
    () => z.object({ mailboxId: Id }),
    () => done,
  ),
  'ops.wake': defer(
    () => z.object({ mailboxId: Id }),
    () => done,
  ),
  'sync.now': defer(
    () => z.object({ mailboxId: Id.nullable() }),
    () => done,
  ),
  'imports.wake': defer(
    () => nothing,
    () => done,
  ),
  /** Something of the team wants to go, or how it goes has changed. */
  'team.wake': defer(
    () => z.object({ changed: z.boolean() }),
    () => done,
  ),
  /** Whether a NATS server can carry the team's messages; the error says why not. */
  'team.tryNats': defer(
    () => z.object({ server: NatsServer, mailboxId: Id }),
    () => done,
  ),
  /** One whole message. `not-found`: the server has it no more. */
  'message.fetch': defer(
    () => z.object({ mailboxId: Id, path: z.string(), uidValidity: z.string(), uid: z.int() }),
    () => z.object({ message: ParsedMessage }),
  ),
  /** Which hosts may be reached from now on. */
  'network.rules': defer(
    () => NetworkRules,
    () => done,
  ),
} as const satisfies CallTable
export type MailForStore = typeof mailForStore
