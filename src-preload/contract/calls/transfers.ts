import * as z from 'zod'
import { app, done, nothing, store, type CallDef } from './define'
import { Id } from '../mail'
import { ExportScope, ImportTarget, MailFormat, Transfer } from '../transfers'

/** Mail from files and into files. */
export const transferCalls = {
  /** The newest 20. */
  'transfers.list': store(
    'read',
    'read',
    () => nothing,
    () => z.object({ transfers: z.array(Transfer) }),
  ),
  /** Ends one; what came in stays. */
  'transfers.cancel': store(
    'write',
    'manage-mailboxes',
    () => z.object({ id: Id }),
    () => done,
  ),
  /** Takes one that is over out of the list. */
  'transfers.forget': store(
    'write',
    'manage-mailboxes',
    () => z.object({ id: Id }),
    () => done,
  ),
} as const satisfies Record<string, CallDef>

/** Paths never cross to the window: it holds a token for what a person chose in the system's dialog. */
export const transferAppCalls = {
  /** null: the person cancelled. `bytes`: size of all files. */
  'app.chooseImport': app(
    'write',
    'manage-mailboxes',
    () => z.object({ what: z.enum(['files', 'folder']) }),
    () => z.object({ token: z.string(), names: z.array(z.string()) }).nullable(),
  ),
  'app.startImport': app(
    'write',
    'manage-mailboxes',
    () => z.object({ token: z.string().max(64), target: ImportTarget }),
    () => z.object({ id: Id }),
  ),
  /** Asks for a folder; null: the person cancelled. */
  'app.exportMail': app(
    'write',
    'manage-mailboxes',
    () => z.object({ scope: ExportScope, format: MailFormat }),
    () => z.object({ id: Id }).nullable(),
  ),
  /** Shows what an export made in the system's file manager. */
  'app.showExport': app(
    'write',
    'manage-mailboxes',
    () => z.object({ id: Id }),
    () => done,
  ),
} as const satisfies Record<string, CallDef>
