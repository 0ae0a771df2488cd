import * as z from 'zod'
import { nothing, store, undoable, type CallDef } from './define'
import { Id, LabelName } from '../mail'

/** Labels that the mail server keeps (Gmail); the team's own tags are in calls/work. */
export const labelCalls = {
  /** `count`: conversations in sight, whatever their status. */
  'labels.list': store(
    'read',
    'read',
    () => nothing,
    () =>
      z.object({
        labels: z.array(z.object({ name: LabelName, count: z.int(), mailboxIds: z.array(Id) })),
        /** Mailboxes whose server has labels. */ mailboxIds: z.array(Id),
      }),
  ),
  /** Gives or takes a label of all messages of the conversations, here and on the server; a label that is not there is made. */
  'conversations.label': store(
    'write',
    'work',
    () => z.object({ ids: z.array(Id).min(1).max(1000), label: LabelName, on: z.boolean() }),
    () => undoable,
  ),
} as const satisfies Record<string, CallDef>
