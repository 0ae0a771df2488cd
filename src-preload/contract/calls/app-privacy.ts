import * as z from 'zod'
import { app, nothing, type CallDef } from './define'

const saved = z.object({ saved: z.boolean() })

/** What only app can do for the privacy panel: files that a person asks for. False when the person cancelled. */
export const appPrivacyCalls = {
  /** The whole network ledger as JSON Lines. */
  'app.saveLedger': app('write', 'settings', nothing, saved),
} as const satisfies Record<string, CallDef>
