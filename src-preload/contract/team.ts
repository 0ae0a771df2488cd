import * as z from 'zod'

/** Roles of the roster; what each may do is in roles. */
export const Role = z.enum(['owner', 'admin', 'agent', 'light'])
export type Role = z.infer<typeof Role>

export const DeviceId = z.string().regex(/^[0-9a-f]{16}$/)
