import type * as z from 'zod'
import type { Permission } from '../../../src-preload/contract/access'
import { accessKinds } from './kinds-access'
import { conversationKinds } from './kinds-conversation'
import { upkeepKinds } from './kinds-upkeep'
import { workspaceKinds } from './kinds-workspace'
import type { Effect } from './reduce'

/** One kind of event: what it carries, who may write it, what it does to the state of its entity. */
export interface Kind<P extends z.ZodType = z.ZodType> {
  /** Strict, with limits: what does not fit has no effect on any console. */
  readonly payload: P
  /** What the writer's role must allow. Judged by the roster when it is applied, here and everywhere else. */
  readonly permission: Permission
  readonly effects: (payload: z.output<P>) => readonly Effect[]
}

/** All kinds that this program knows; others are kept for a newer one. Names and payloads never change their meaning. */
export const kinds = {
  ...conversationKinds,
  ...workspaceKinds,
  ...accessKinds,
  ...upkeepKinds,
} as const satisfies Record<string, Kind>

export type KindName = keyof typeof kinds
export type KindPayload<K extends KindName> = z.input<(typeof kinds)[K]['payload']>

export function kindOf(name: string): Kind | undefined {
  return isKind(name) ? kinds[name] : undefined
}

function isKind(name: string): name is KindName {
  return Object.hasOwn(kinds, name)
}

/** A kind with its payload, as an event that is recorded needs them; null when the payload is none of that kind. */
export function fitting(name: string, value: unknown): { kind: KindName; payload: KindPayload<KindName> } | null {
  // The schema has looked at it: what fits a kind is its payload.
  return isKind(name) && kinds[name].payload.safeParse(value).success
    ? { kind: name, payload: value as KindPayload<KindName> }
    : null
}
