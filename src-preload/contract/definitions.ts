import * as z from 'zod'
import { ThingName } from './fields'
import { Hue, Person } from './work'

/** What a team defines beside its conversations. */
export const definedKinds = ['tag', 'group', 'field', 'view', 'processor'] as const
export const DefinedKind = z.enum(definedKinds)
export type DefinedKind = z.infer<typeof DefinedKind>

/** One of several writes that did not know of each other. */
const DefinitionWrite = z.object({
  /** Names the write when it is chosen. */
  id: z.string().max(120),
  by: z.string(),
  /** It takes the thing out of use. */
  gone: z.boolean(),
  label: z.string(),
  /** Of a tag. */
  hue: Hue.nullable(),
  /** Of a field. */
  choices: z.array(z.string()),
  /** Of a view: how many there are. */
  conditions: z.int().nullable(),
})

/** Two of the team changed the same tag, group, field, view or entry of the register without knowing of each other. */
export const DefinitionConflict = z.object({
  kind: DefinedKind,
  name: ThingName,
  /** What it is called now. */
  label: z.string(),
  /** Of a group: the first write put this person in, the second took them out. null: the thing itself was changed. */
  member: Person.nullable(),
  /** The first one stands. */
  writes: z.array(DefinitionWrite).min(2),
})
export type DefinitionConflict = z.infer<typeof DefinitionConflict>
