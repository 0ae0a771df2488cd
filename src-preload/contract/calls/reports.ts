import * as z from 'zod'
import { app, done, nothing, store, type CallDef } from './define'

/** A report is text that a person reads, edits, and then saves or mails; nothing is ever sent by itself. */
export const ReportText = z.string().max(1_000_000)

/** Performance and troubleshooting. */
export const reportCalls = {
  'reports.state': store(
    'read',
    'read',
    () => nothing,
    () =>
      z.object({
        on: z.boolean(),
        /** Policy says off; nobody can switch it on. */
        managed: z.boolean(),
        mayChange: z.boolean(),
        /** Where *Contact support* writes to; empty while nobody has said it. */
        supportAddress: z.string(),
        addressManaged: z.boolean(),
      }),
  ),
  /** On: how long calls take is measured here, and faults are part of a report. Off: what was measured is forgotten. */
  'reports.switch': store(
    'write',
    'diagnostics',
    () => z.object({ on: z.boolean() }),
    () => done,
  ),
} as const satisfies Record<string, CallDef>

export const reportAppCalls = {
  /** What a report would hold now. That it was made stands in the access log. */
  'app.makeReport': app(
    'read',
    'read',
    () => nothing,
    () => z.object({ text: ReportText }),
  ),
  /** Saves the text as the person left it; false when they cancelled. */
  'app.saveReport': app(
    'write',
    'work',
    () => z.object({ text: ReportText }),
    () => z.object({ saved: z.boolean() }),
  ),
} as const satisfies Record<string, CallDef>
