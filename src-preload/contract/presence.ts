import * as z from 'zod'
import { Id, Time } from './mail'
import { Person } from './work'

export const PresenceDoing = z.enum(['viewing', 'replying'])
export type PresenceDoing = z.infer<typeof PresenceDoing>

/** What a colleague is at now, as far as this console has heard. It fades by itself. */
export const PresenceMark = z.object({
  conversationId: Id,
  person: Person,
  doing: PresenceDoing,
  /** When it was last said. */ at: Time,
})
export type PresenceMark = z.infer<typeof PresenceMark>

/** A colleague has begun an answer that was not sent yet. */
export const ForeignDraft = z.object({ conversationId: Id, person: Person, at: Time })
export type ForeignDraft = z.infer<typeof ForeignDraft>
