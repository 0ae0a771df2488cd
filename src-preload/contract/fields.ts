import * as z from 'zod'

/** Name of a saved view, or of a custom field, for programs. */
export const ThingName = z.string().regex(/^[A-Za-z0-9_-]{8,40}$/)

/** A day of the calendar, as 2026-10-05. */
export const Day = z.iso.date()

export const fieldKinds = ['text', 'number', 'date', 'choice'] as const
export const FieldKind = z.enum(fieldKinds)
export type FieldKind = z.infer<typeof FieldKind>
/** A date is a `Day`. */
export const FieldValue = z.union([z.string().trim().min(1).max(1000), z.number()])
export type FieldValue = z.infer<typeof FieldValue>

export const FieldDefinition = z.object({
  label: z.string().trim().min(1).max(60),
  kind: FieldKind,
  /** What can be chosen; for other kinds none. */
  choices: z.array(z.string().trim().min(1).max(60)).max(100).default([]),
})
export type FieldDefinition = z.infer<typeof FieldDefinition>
export const Field = FieldDefinition.extend({ name: ThingName })
export type Field = z.infer<typeof Field>

export const FieldOf = z.object({ name: ThingName, value: FieldValue })
