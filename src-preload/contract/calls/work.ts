import * as z from 'zod'
import { nothing, store, undoable, type CallDef } from './define'
import { Id, Time } from '../mail'
import { Assignee, Hue, Person, Tag, TagName } from '../work'

const ids = z.array(Id).min(1).max(1000)
const Label = z.string().trim().min(1).max(60)

/** Who does what until when: assignment, tags, snooze. */
export const workCalls = {
  'people.list': store(
    'read',
    'read',
    () => nothing,
    () =>
      z.object({
        self: Assignee,
        people: z.array(Person),
        groups: z.array(Person),
        /** Those of the groups that the person at this window belongs to. */ ofSelf: z.array(Assignee),
      }),
  ),
  'conversations.assign': store(
    'write',
    'work',
    () => z.object({ ids, to: Assignee.nullable() }),
    () => undoable,
  ),
  'conversations.tag': store(
    'write',
    'work',
    () => z.object({ ids, tag: TagName, on: z.boolean() }),
    () => undoable,
  ),
  /** `until` null ends the snooze. */
  'conversations.snooze': store(
    'write',
    'work',
    () => z.object({ ids, until: Time.nullable(), unlessReply: z.boolean().default(true) }),
    () => undoable,
  ),
  'tags.list': store(
    'read',
    'read',
    () => nothing,
    () => z.object({ tags: z.array(Tag.extend({ open: z.int(), all: z.int() })) }),
  ),
  /** @throws `conflict` when a tag has this label already */
  'tags.create': store(
    'write',
    'work',
    () => z.object({ label: Label, hue: Hue.nullable().default(null) }),
    () => Tag.extend(undoable.shape),
  ),
  'tags.change': store(
    'write',
    'work',
    () => z.object({ name: TagName, label: Label, hue: Hue }),
    () => undoable,
  ),
  /** Takes the tag out of use; with `into`, its conversations get that one instead. */
  'tags.retire': store(
    'write',
    'work',
    () => z.object({ name: TagName, into: TagName.nullable() }),
    () => undoable,
  ),
} as const satisfies Record<string, CallDef>
