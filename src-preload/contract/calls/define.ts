import * as z from 'zod'
import type { Permission } from '../access'

/** One call of the window. The part before the dot of an app call is `app`; every other call goes to the store. */
export interface CallDef<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> {
  readonly home: 'store' | 'app'
  readonly kind: 'read' | 'write'
  readonly permission: Permission
  readonly input: I
  readonly output: O
}

export function store<I extends z.ZodType, O extends z.ZodType>(
  kind: 'read' | 'write',
  permission: Permission,
  input: I,
  output: O,
): CallDef<I, O> & { readonly home: 'store' } {
  return { home: 'store', kind, permission, input, output }
}
export function app<I extends z.ZodType, O extends z.ZodType>(
  kind: 'read' | 'write',
  permission: Permission,
  input: I,
  output: O,
): CallDef<I, O> & { readonly home: 'app' } {
  return { home: 'app', kind, permission, input, output }
}

/** Strict, so that a call that takes nothing refuses what was meant for another. */
export const nothing = z.strictObject({})
export const done = z.object({})
/** Acts that can be taken back return a token for `acts.undo`; it lives until the program ends. */
export const undoable = z.object({ undo: z.string() })
