import * as z from 'zod'
import { FieldValue, ThingName } from './fields'
import { Id, Status } from './mail'
import { Assignee, TagName } from './work'

const Words = z.string().trim().min(1).max(200)

/** One thing that conversations of a view have in common; of several values any one will do. */
export const Condition = z.discriminatedUnion('on', [
  z.object({ on: z.literal('status'), any: z.array(Status).min(1) }),
  /** By address: ids differ from laptop to laptop. */
  z.object({ on: z.literal('mailbox'), any: z.array(z.string().max(320)).min(1).max(100) }),
  /** `me` is whoever looks, `my-groups` the groups that they belong to. */
  z.object({
    on: z.literal('assignee'),
    any: z
      .array(z.union([Assignee, z.enum(['me', 'my-groups', 'nobody'])]))
      .min(1)
      .max(100),
  }),
  z.object({ on: z.literal('tag'), any: z.array(TagName).min(1).max(100), not: z.boolean().default(false) }),
  z.object({
    on: z.literal('field'),
    field: ThingName,
    is: z.enum(['equal', 'above', 'below', 'filled', 'empty']),
    value: FieldValue.nullable().default(null),
  }),
  /** Name or address, or a part of them. */
  z.object({ on: z.literal('customer'), text: Words }),
  z.object({ on: z.literal('unread') }),
  /** The customer wrote last, and this many hours ago or longer. */
  z.object({ on: z.literal('waiting'), hours: z.int().min(1).max(10_000) }),
  /** Words of subject or text, as in the search. */
  z.object({ on: z.literal('text'), text: Words }),
  z.object({ on: z.literal('snoozed') }),
  z.object({ on: z.literal('followed') }),
])
export type Condition = z.infer<typeof Condition>

/** All conditions must hold. Without a status: every one but spam. */
export const ViewDefinition = z.object({
  label: z.string().trim().min(1).max(60),
  conditions: z.array(Condition).max(20),
  order: z.enum(['newest', 'oldest']).default('newest'),
  /** Only its maker sees it in the sidebar. */
  own: z.boolean().default(false),
})
export type ViewDefinition = z.infer<typeof ViewDefinition>

export const SavedView = ViewDefinition.extend({
  name: ThingName,
  /** Made by the person at this window. */ mine: z.boolean(),
})
export type SavedView = z.infer<typeof SavedView>

/** `more`: at least so many. */
export const ViewCount = z.object({ name: ThingName, count: z.int(), more: z.boolean() })

export const Ids = z.array(Id).min(1).max(1000)
