import * as z from 'zod'
import { Failure } from './errors'
import { Time } from './mail'

/** Roles of the roster; what each may do is in roles. */
export const Role = z.enum(['owner', 'admin', 'agent', 'light'])
export type Role = z.infer<typeof Role>

export const DeviceId = z.string().regex(/^[0-9a-f]{16}$/)

/** A person or a computer that was taken out of the team, by its id. */
export const Whose = z.string().max(60)

/** What came of signing in with the password that somebody who was taken out knows. `host`: the server that said so. */
export const Tried = z.object({
  at: Time,
  host: z.string().max(253),
  /** `neither`: the server refuses the new password as well, which may have other reasons. `failed`: nothing could be tried. */
  came: z.enum(['opens', 'refused', 'neither', 'failed']),
  error: Failure.nullable(),
})
export type Tried = z.infer<typeof Tried>
