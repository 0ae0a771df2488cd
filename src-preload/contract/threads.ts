import * as z from 'zod'
import { Id, Time } from './mail'

const Other = z.object({ id: Id, name: z.string(), at: Time })
const Header = z.enum(['In-Reply-To', 'References'])

/** Why a message is in its conversation. */
export const WhyHere = z.discriminatedUnion('kind', [
  /** It began the conversation. */
  z.object({ kind: z.literal('first') }),
  /** Its header names this message. */
  z.object({ kind: z.literal('header'), header: Header, message: Other }),
  /** A header of this message names it. */
  z.object({ kind: z.literal('named'), header: Header, message: Other }),
  /** Its header and this message name the same message, which is not here. */
  z.object({ kind: z.literal('shared'), header: Header, message: Other }),
  /** The server keeps it in one thread with this message (Gmail). */
  z.object({ kind: z.literal('server'), message: Other }),
  /** A person put it here. `otherId`: the conversation it was split from or that was merged away. */
  z.object({
    kind: z.literal('person'),
    act: z.enum(['split', 'merge', 'keep']),
    actId: Id,
    by: z.string(),
    at: Time,
    otherId: Id,
    otherSubject: z.string(),
  }),
])
export type WhyHere = z.infer<typeof WhyHere>
