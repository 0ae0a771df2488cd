import * as z from 'zod'

/** How much of a mailbox's mail is kept on this computer at once; the rest comes when it is opened. */
export const MailboxDepth = z.object({
  /** `months`: whole messages of the last `months`; of older ones the headers. `headers`: of all messages the headers. */
  bodies: z.enum(['all', 'months', 'headers']).default('all'),
  months: z.int().min(1).max(240).default(12),
  /** Of a message larger than this, in bytes, only the beginning comes at once: its text, as a rule. null: no limit. */
  largest: z
    .int()
    .min(65_536)
    .max(160 * 1024 * 1024)
    .nullable()
    .default(null),
  /** `auto`: background work takes a third of the time on battery. `gentle`: always. `full`: never. */
  pace: z.enum(['auto', 'gentle', 'full']).default('auto'),
})
export type MailboxDepth = z.infer<typeof MailboxDepth>

/** How much of a message is here. */
export const Part = z.enum(['whole', 'start', 'headers'])
export type Part = z.infer<typeof Part>

export const MailboxUsage = z.object({
  messages: z.int(),
  /** Messages of which only the beginning or the headers are here. */
  partial: z.int(),
  /** Bytes in the database, without the search index. */
  bytes: z.int(),
})
export type MailboxUsage = z.infer<typeof MailboxUsage>

/** true: `depth` keeps less than `before` in some respect. */
export function keepsLess(depth: MailboxDepth, before: MailboxDepth): boolean {
  const months = ({ bodies, months: count }: MailboxDepth): number =>
    bodies === 'all' ? Infinity : bodies === 'headers' ? 0 : count
  return months(depth) < months(before) || (depth.largest ?? Infinity) < (before.largest ?? Infinity)
}
