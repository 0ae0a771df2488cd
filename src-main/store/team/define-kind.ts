import type * as z from 'zod'
import type { Permission } from '../../../src-preload/contract/access'
import type { Kind } from './kinds'
import type { Effect } from './reduce'

/** Ties a payload's schema and its effects together. */
export function kind<P extends z.ZodType>(
  permission: Permission,
  payload: P,
  effects: (payload: z.output<P>) => readonly Effect[],
): Kind<P> & { readonly effects: (payload: never) => readonly Effect[] } {
  return { permission, payload, effects }
}

export const set = (field: string, value: unknown): Effect => ({ do: 'set', field, value })
export const add = (field: string, element: string, value: unknown = null): Effect => ({
  do: 'add',
  field,
  element,
  value,
})
export const remove = (field: string, element: string): Effect => ({ do: 'remove', field, element })
