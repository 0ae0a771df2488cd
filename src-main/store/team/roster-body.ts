import * as z from 'zod'
import { TeamCarrier } from '../../../src-preload/contract/team-link'
import { DeviceId, Role } from '../../../src-preload/contract/team'
import { Rights } from './roles'

const Key = z.base64url()
const Member = z.object({
  id: z.string(),
  name: z.string().max(100),
  address: z.string().max(320),
  role: Role,
  permissions: z.array(z.string().max(60)).max(50),
  removedAt: z.int().nullable(),
})
/** `roles`: what its events may do, from which batch on. `cutOff`: the last batch that counts, once it left. `erase`: it destroys what it holds. */
const Device = z.object({
  id: DeviceId,
  member: z.string(),
  name: z.string().max(100),
  signKey: Key,
  sealKey: Key,
  addedAt: z.int(),
  roles: z.array(Rights).min(1).max(1000),
  cutOff: z.int().min(0).nullable(),
  erase: z.boolean().default(false),
})
/** What the team's owner says of it: who belongs to it, on which computers, and with which keys. */
export const RosterBody = z.object({
  at: z.int(),
  name: z.string().max(100),
  owner: DeviceId,
  recovery: z.object({ signKey: Key, sealKey: Key }),
  carrier: TeamCarrier.default({ kind: 'mailbox' }),
  /** A computer that has not reached the carrier for so many days shows nothing until it has. */
  leaseDays: z.int().min(1).max(365).nullable().default(null),
  members: z.array(Member).max(1000),
  devices: z.array(Device).max(1000),
  keys: z
    .array(z.object({ epoch: z.int().min(1), key: Key }))
    .min(1)
    .max(10_000),
})
export type RosterBody = z.output<typeof RosterBody>
