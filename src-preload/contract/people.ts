import * as z from 'zod'
import { Id, Status, Time } from './mail'

export const Customer = z.object({
  id: Id,
  name: z.string(),
  /** Newest first. */
  addresses: z.array(z.string()),
  note: z.string(),
  firstSeenAt: Time,
  lastSeenAt: Time,
  conversationCount: z.int(),
  /** Newest first, at most 50. */
  conversations: z.array(z.object({ id: Id, subject: z.string(), status: Status, lastAt: Time })),
})
export type Customer = z.infer<typeof Customer>
