import * as z from 'zod'
import { DeviceId } from '../../../src-preload/contract/team'
import { add, kind, set } from './define-kind'

/** The upkeep of the log itself and of its computers. The entity is `snapshot:NAME` or `device:ID`. */
export const upkeepKinds = {
  /** A device has a snapshot; `same`: it had all that went into it and came to the same. */
  'snapshot-seen': kind('read', z.strictObject({ device: DeviceId, same: z.boolean() }), ({ device, same }) => [
    add('seen', device, same),
  ]),
  /** The last word of a computer that was told to erase itself: how much unsent text it handed over, how much it could not. Behind its cut-off. */
  'device-erased': kind('read', z.strictObject({ kept: z.int().min(0), lost: z.int().min(0) }), (p) => [
    set('erased', p),
  ]),
} as const
