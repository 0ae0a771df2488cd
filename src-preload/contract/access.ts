import * as z from 'zod'

/** What a caller must hold for a call. Checked in one place, before the function (store/access). */
export const Permission = z.enum(['read', 'work', 'send', 'manage-mailboxes', 'settings'])
export type Permission = z.infer<typeof Permission>

/** Who is asking. Fixed when the port is made; never taken from a call. */
export const Caller = z.object({ kind: z.enum(['agent']), name: z.string() })
export type Caller = z.infer<typeof Caller>
