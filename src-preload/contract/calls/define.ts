import * as z from 'zod'
import type { Permission } from '../access'
import { defer, type Shapes } from '../defer'

/** One call of the window. The part before the dot of an app call is `app`; every other call goes to the store. */
export interface CallDef<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> extends Shapes<I, O> {
  readonly home: 'store' | 'app'
  readonly kind: 'read' | 'write'
  readonly permission: Permission
}

export function store<I extends z.ZodType, O extends z.ZodType>(
  kind: 'read' | 'write',
  permission: Permission,
  input: () => I,
  output: () => O,
): CallDef<I, O> & { readonly home: 'store' } {
  return Object.assign(defer(input, output), { home: 'store' as const, kind, permission })
}
export function app<I extends z.ZodType, O extends z.ZodType>(
  kind: 'read' | 'write',
  permission: Permission,
  input: () => I,
  output: () => O,
): CallDef<I, O> & { readonly home: 'app' } {
  return Object.assign(defer(input, output), { home: 'app' as const, kind, permission })
}

/** Strict, so that a call that takes nothing refuses what was meant for another. */
export const nothing = z.strictObject({})
export const done = z.object({})
/** Acts that can be taken back return a token for `acts.undo`; it lives until the program ends. */
export const undoable = z.object({ undo: z.string() })
