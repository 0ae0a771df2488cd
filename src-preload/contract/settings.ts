import { z } from 'zod'

export const Theme = z.enum(['system', 'light', 'dark'])
export type Theme = z.infer<typeof Theme>

/** Settings of this installation, kept in the store. Every key has a default, so an empty table is a valid one. */
export const Settings = z.object({
  workspaceName: z.string().max(80).default(''),
  agentName: z.string().max(80).default(''),
  theme: Theme.default('system'),
  density: z.enum(['comfortable', 'compact']).default('comfortable'),
  /** Seconds between Send and the first try to leave. */
  undoSeconds: z.int().min(0).max(60).default(10),
  /** Single-letter shortcuts (R, E, J, K ...). */
  letterShortcuts: z.boolean().default(true),
  /** What "Send and close" does by default. */
  afterSend: z.enum(['closed', 'pending', 'open']).default('closed'),
  signature: z.string().max(10_000).default(''),
  /** Widths, closed panes, last place: per window size class. Opaque to the store. */
  layout: z.record(z.string(), z.union([z.number(), z.boolean(), z.string()])).default({}),
})
export type Settings = z.infer<typeof Settings>
