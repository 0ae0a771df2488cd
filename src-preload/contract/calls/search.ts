import * as z from 'zod'
import { store, type CallDef } from './define'
import { SearchHit } from '../mail'

/** Search over everything synced. */
export const searchCalls = {
  'search.query': store(
    'read',
    'read',
    () =>
      z.object({
        text: z.string().max(1000),
        offset: z.int().min(0).default(0),
        limit: z.int().min(1).max(100).default(50),
        /** Answer as soon as the page is full, without counting on. */ quick: z.boolean().default(false),
      }),
    () =>
      z.object({
        hits: z.array(SearchHit),
        /** Conversations found. */ total: z.int(),
        /** Whether these are all; else there may be more than `total`. */ counted: z.boolean(),
        more: z.boolean(),
        /** Messages whose words are not in the index yet. */ waiting: z.int(),
        /** Messages of which only a part is here, so that not all of their words are found. */ partial: z.int(),
        ms: z.number(),
      }),
  ),
} as const satisfies Record<string, CallDef>
