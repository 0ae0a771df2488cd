import * as z from 'zod'

/** What the store tells besides answers. */
export const StoreEvent = z.discriminatedUnion('topic', [
  /** Found while reading, long after opening. */ z.object({ topic: z.literal('store-damaged') }),
  /** The team's owner took this computer out; `erase`: what it handed over has left, or did not for too long. */
  z.object({ topic: z.literal('taken-out'), erase: z.boolean() }),
  z.object({ topic: z.literal('access-head'), device: z.string(), entries: z.int(), hash: z.string() }),
  z.object({
    topic: z.literal('rotation'),
    step: z.enum(['copying', 'encrypting', 'checking']),
    done: z.int(),
    total: z.int(),
  }),
  z.object({ topic: z.literal('support-ended'), session: z.int(), why: z.string() }),
])
