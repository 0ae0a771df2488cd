import * as z from 'zod'
import { Day, ThingName } from './fields'

/** Days between telling people of a change and its coming into force; less is marked. */
export const noticeDays = 30

/** `processor`: a company that handles the workspace's data. `policy`: a version of the workspace's own privacy policy. */
export const RegisterKind = z.enum(['processor', 'policy'])
export type RegisterKind = z.infer<typeof RegisterKind>

/** What the team keeps about a processor or a version of its privacy policy. */
export const RegisterDefinition = z.object({
  kind: RegisterKind,
  /** Name of the company, or of the version. */
  label: z.string().trim().min(1).max(100),
  /** What it does with the data, or what changed. */
  purpose: z.string().trim().max(500).default(''),
  /** Which data it gets; of a policy nothing. */
  data: z.string().trim().max(300).default(''),
  /** Country or region where the data lies. */
  place: z.string().trim().max(100).default(''),
  /** When people were told, and from when on it is in force; null: not said. */
  announced: Day.nullable().default(null),
  from: Day.nullable().default(null),
})
export type RegisterDefinition = z.infer<typeof RegisterDefinition>

export const RegisterEntry = RegisterDefinition.extend({ name: ThingName })
export type RegisterEntry = z.infer<typeof RegisterEntry>

const dayMs = 86_400_000

/** Whole days of notice that were given; null when either day is not said. */
export function noticeOf({ announced, from }: Pick<RegisterDefinition, 'announced' | 'from'>): number | null {
  return announced === null || from === null ? null : Math.round((Date.parse(from) - Date.parse(announced)) / dayMs)
}

/** The first day on which a change that is announced on a day may come into force. */
export function earliest(announced: string): string {
  return new Date(Date.parse(announced) + noticeDays * dayMs).toISOString().slice(0, 10)
}
