import * as z from 'zod'

/** What a caller must hold for a call; `note`: write notes and follow. Checked in one place, before the function (store/access). */
export const Permission = z.enum([
  'read',
  'note',
  'work',
  'send',
  'manage-mailboxes',
  'settings',
  'support-access',
  'manage-team',
  'diagnostics',
])
export type Permission = z.infer<typeof Permission>

/**
 * Who is asking. Fixed when the port is made; never taken from a call. `support`: a support session, whose number stands in
 * `session`; what it may do follows from its grant.
 */
export const Caller = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('agent'), name: z.string() }),
  z.object({ kind: z.literal('support'), name: z.string(), session: z.int().positive() }),
])
export type Caller = z.infer<typeof Caller>
