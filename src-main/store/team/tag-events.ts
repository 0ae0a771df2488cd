import * as z from 'zod'
import type { Reader } from '../file/database'
import type { Group } from './anchors'
import { eventsOf } from './log'
import { compareStamps, knew, type LogEvent } from './reduce'

const TagPayload = z.object({ tag: z.string(), on: z.boolean() })

/** Somebody gave or took a tag. */
export interface TagEvent {
  readonly tag: string
  readonly on: boolean
  readonly event: LogEvent
}

/** What was done to the tags of a conversation, oldest first; a conversation that came with a snapshot has what stands only. */
export function tagEvents(read: Reader, group: Group): TagEvent[] {
  return group.entities
    .flatMap((entity) => eventsOf(read, entity, 'tag'))
    .toSorted(compareStamps)
    .flatMap((event) => {
      const payload = TagPayload.safeParse(event.payload)
      return payload.success ? [{ ...payload.data, event }] : []
    })
}

/**
 * Elements of a set that one gave while another took them: an element stays where the two did not know of each other, and that is
 * told until somebody who knew of both gives or takes it. The gift that stands, and the newest removal that does not.
 * @param events oldest first
 */
export function contested(
  events: readonly { readonly element: string; readonly on: boolean; readonly event: LogEvent }[],
): { readonly element: string; readonly gave: LogEvent; readonly took: LogEvent }[] {
  return [...Map.groupBy(events, ({ element }) => element)].flatMap(([element, all]) => {
    const took = all.filter(({ on }) => !on).map(({ event }) => event)
    const gave = all.filter(({ on }) => on).map(({ event }) => event)
    const alive = gave.filter((one) => !took.some((other) => knew(other, one)))
    const unknown = took.filter((one) => !alive.some((other) => knew(other, one)))
    const [stands, loses] = [alive.at(-1), unknown.at(-1)]
    return stands && loses ? [{ element, gave: stands, took: loses }] : []
  })
}

/** Tags of a conversation that one gave while another took them. */
export const tagConflicts = (
  events: readonly TagEvent[],
): { readonly tag: string; readonly gave: LogEvent; readonly took: LogEvent }[] =>
  contested(events.map(({ tag, on, event }) => ({ element: tag, on, event }))).map(({ element, gave, took }) => ({
    tag: element,
    gave,
    took,
  }))
