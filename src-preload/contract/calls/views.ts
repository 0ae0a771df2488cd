import * as z from 'zod'
import { done, nothing, store, undoable, type CallDef } from './define'
import { DefinedKind, DefinitionConflict } from '../definitions'
import { Field, FieldDefinition, FieldValue, ThingName } from '../fields'
import { Ids, SavedView, ViewCount, ViewDefinition } from '../views'
import { Assignee, Person } from '../work'

/** Saved views, custom fields, and following. */
export const viewCalls = {
  'views.list': store(
    'read',
    'read',
    () => nothing,
    () => z.object({ views: z.array(SavedView) }),
  ),
  'views.counts': store(
    'read',
    'read',
    () => nothing,
    () => z.object({ counts: z.array(ViewCount) }),
  ),
  /** How many conversations a view would show. */
  'views.try': store(
    'read',
    'read',
    () => ViewDefinition,
    () => z.object({ count: z.int(), more: z.boolean() }),
  ),
  'views.save': store(
    'write',
    'work',
    () => ViewDefinition.extend({ name: ThingName.nullable() }),
    () => undoable.extend({ name: ThingName }),
  ),
  'views.remove': store(
    'write',
    'work',
    () => z.object({ name: ThingName }),
    () => undoable,
  ),
  'fields.list': store(
    'read',
    'read',
    () => nothing,
    () => z.object({ fields: z.array(Field) }),
  ),
  /** @throws `conflict` when a field has this label already */
  'fields.save': store(
    'write',
    'manage-team',
    () => FieldDefinition.extend({ name: ThingName.nullable() }),
    () => undoable.extend({ name: ThingName }),
  ),
  'fields.remove': store(
    'write',
    'manage-team',
    () => z.object({ name: ThingName }),
    () => undoable,
  ),
  /** null takes the value away. @throws `invalid-input` when it does not fit the field */
  'conversations.setField': store(
    'write',
    'work',
    () => z.object({ ids: Ids, field: ThingName, value: FieldValue.nullable() }),
    () => undoable,
  ),
  'groups.list': store(
    'read',
    'read',
    () => nothing,
    () => z.object({ groups: z.array(z.object({ name: ThingName, label: z.string(), members: z.array(Person) })) }),
  ),
  /** @throws `conflict` when a group has this name already */
  'groups.save': store(
    'write',
    'manage-team',
    () =>
      z.object({
        name: ThingName.nullable(),
        label: z.string().trim().min(1).max(60),
        members: z.array(Assignee).max(1000),
      }),
    () => undoable.extend({ name: ThingName }),
  ),
  'groups.remove': store(
    'write',
    'manage-team',
    () => z.object({ name: ThingName }),
    () => undoable,
  ),
  /** What two changed at the same time of tags, groups, fields and views. */
  'definitions.conflicts': store(
    'read',
    'read',
    () => nothing,
    () => z.object({ conflicts: z.array(DefinitionConflict) }),
  ),
  /** Chooses one of the writes for the whole team. @throws `not-found` when that is settled already */
  'definitions.settle': store(
    'write',
    'work',
    () => z.object({ kind: DefinedKind, name: ThingName, write: z.string().max(120) }),
    () => undoable,
  ),
  'conversations.follow': store(
    'write',
    'note',
    () => z.object({ ids: Ids, on: z.boolean() }),
    () => undoable,
  ),
  /** The person has seen that they were mentioned there. */
  'mentions.seen': store(
    'write',
    'note',
    () => z.object({ id: Ids.element }),
    () => done,
  ),
} as const satisfies Record<string, CallDef>
