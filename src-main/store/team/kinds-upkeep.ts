import * as z from 'zod'
import { DeviceId } from '../../../src-preload/contract/team'
import { add, kind } from './define-kind'

/** The upkeep of the log itself. The entity is `snapshot:NAME`. */
export const upkeepKinds = {
  /** A device has a snapshot; `same`: it had all that went into it and came to the same. */
  'snapshot-seen': kind('read', z.strictObject({ device: DeviceId, same: z.boolean() }), ({ device, same }) => [
    add('seen', device, same),
  ]),
} as const
