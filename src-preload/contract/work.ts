import * as z from 'zod'

/** As in contract/mail, which is made of this: ms since 1970-01-01 UTC. */
const Time = z.int()

/** A member of the team, or a group of them (`g:` and its name). Alone, the one agent is the device's own. */
export const Assignee = z.string().regex(/^(g:)?[A-Za-z0-9_-]{8,40}$/)
/** Name of a tag for programs; what people read is its label. */
export const TagName = z.string().regex(/^[A-Za-z0-9_-]{8,40}$/)
export const hues = ['clay', 'ochre', 'moss', 'teal', 'sky', 'iris', 'plum', 'stone'] as const
export const Hue = z.enum(hues)
export type Hue = z.infer<typeof Hue>

export const Person = z.object({ id: Assignee, name: z.string() })
export type Person = z.infer<typeof Person>

export const Tag = z.object({ name: TagName, label: z.string(), hue: Hue })
export type Tag = z.infer<typeof Tag>

/** Two of the team wrote the same thing without knowing of each other: what stands, and what does not. */
export const WorkConflict = z.object({
  /** `name`: which custom field or tag. Of a tag the first write gave it and the second took it. */
  field: z.enum(['assignee', 'snooze', 'status', 'mailbox', 'field', 'tag']),
  name: z.string().default(''),
  /** The first one stands. `to`, `until` and `value` are what choosing it would set again. */
  writes: z
    .array(
      z.object({
        by: z.string(),
        at: Time,
        to: Person.nullable(),
        until: Time.nullable(),
        value: z.union([z.string(), z.number()]).nullable().default(null),
      }),
    )
    .min(2),
})
export type WorkConflict = z.infer<typeof WorkConflict>

/** What the team has decided about a conversation, beyond its status. */
export const Work = z.object({
  assignee: Person.nullable(),
  tags: z.array(Tag),
  /** Out of the inbox until then, or until a customer writes. */
  snoozedUntil: Time.nullable(),
})
export type Work = z.infer<typeof Work>
