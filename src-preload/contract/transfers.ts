import * as z from 'zod'
import { Id, Time } from './mail'

export const MailFormat = z.enum(['mbox', 'maildir', 'eml'])
export type MailFormat = z.infer<typeof MailFormat>

/** Where imported mail goes: a mailbox of its own without a server, or beside the archive of one that is there. */
export const ImportTarget = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('new'),
    name: z.string().trim().min(1).max(80),
    /** Whose mail it was: what this address sent is shown as sent. */ address: z.email().max(320).nullable(),
  }),
  z.object({ kind: z.literal('archive'), mailboxId: Id }),
  /** Into the archive on the server of a mailbox, for everybody who uses it. */
  z.object({ kind: z.literal('server'), mailboxId: Id }),
])
export type ImportTarget = z.infer<typeof ImportTarget>

export const ExportScope = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('mailbox'), mailboxId: Id }),
  z.object({ kind: z.literal('folder'), folderId: Id }),
  z.object({ kind: z.literal('conversations'), ids: z.array(Id).min(1).max(1000) }),
])
export type ExportScope = z.infer<typeof ExportScope>

/** An import or export, running or over. */
export const Transfer = z.object({
  id: Id,
  kind: z.enum(['import', 'export']),
  state: z.enum(['running', 'done', 'cancelled', 'failed']),
  /** What was chosen, or where it went. */
  name: z.string(),
  mailboxId: Id.nullable(),
  /** Bytes of an import, messages of an export. */
  done: z.int(),
  total: z.int(),
  messages: z.int(),
  /** Messages that were there already. */
  duplicates: z.int(),
  /** Messages that came in as raw cards. */
  unreadable: z.int(),
  /** Files, or messages too large, that could not be taken; of an export: messages whose whole text is only on the server. */
  left: z.int(),
  /** Messages that are still to be put on the server. */
  waiting: z.int(),
  /** An export left something in its folder. */
  files: z.boolean(),
  error: z.string().nullable(),
  startedAt: Time,
  endedAt: Time.nullable(),
})
export type Transfer = z.infer<typeof Transfer>
