/**
 * What a set of events amounts to: a pure function of the set, so every console that has the same events shows the same,
 * in whatever order they came. Concurrency is read from what a batch had seen; clocks only choose between writes that
 * did not know of each other.
 */

/** Highest batch number of each device that was there without a gap. */
export type Frontier = Readonly<Record<string, number>>

/** Names an event: device, number of its batch, place in the batch. */
export interface Dot {
  readonly device: string
  readonly seq: number
  readonly idx: number
}

/** As it is kept and passed about as one text. */
export const dotText = ({ device, seq, idx }: Dot): string => `${device}.${seq}.${idx}`

/** For the payload of an event that takes this one back; null: it was told to nobody. */
export const backTo = (dot: Dot | null): { back?: string } => (dot === null ? {} : { back: dotText(dot) })

export interface Stamp {
  readonly ms: number
  readonly ctr: number
}

export interface LogEvent extends Dot, Stamp {
  readonly kind: string
  readonly entity: string
  readonly payload: unknown
  /** What its batch had seen. */
  readonly seen: Frontier
}

/**
 * What an event does to the state of its entity:
 * - `set` writes a register: writes that knew of each other follow, concurrent ones are all kept and the latest stands;
 * - `add` and `remove` change a set: a removal takes away the additions that it knew of, no other.
 */
export type Effect =
  | { readonly do: 'set'; readonly field: string; readonly value: unknown }
  | { readonly do: 'add'; readonly field: string; readonly element: string; readonly value?: unknown }
  | { readonly do: 'remove'; readonly field: string; readonly element: string }

export interface StateRow extends Dot {
  readonly field: string
  /** '' for a register. */
  readonly element: string
  /** 0 stands; higher: a concurrent write that does not. */
  readonly rank: number
  readonly value: unknown
  /** ms since 1970 by the writer's corrected clock. */
  readonly at: number
}

/** Whether the writer of `later` knew `earlier`. Two that both say so cannot both be right: then neither overrules the other. */
export function knew(later: LogEvent, earlier: LogEvent): boolean {
  if (later.device === earlier.device)
    return later.seq > earlier.seq || (later.seq === earlier.seq && later.idx > earlier.idx)
  return saysItSaw(later, earlier) && !saysItSaw(earlier, later)
}

const saysItSaw = ({ seen }: LogEvent, { device, seq }: Dot): boolean => (seen[device] ?? 0) >= seq

/** Order of writes that did not know of each other: by stamp, then by name so that all agree. */
export function compareStamps(a: LogEvent, b: LogEvent): number {
  return (
    a.ms - b.ms ||
    a.ctr - b.ctr ||
    (a.device < b.device ? -1 : a.device > b.device ? 1 : a.seq - b.seq || a.idx - b.idx)
  )
}

/**
 * The events that are enough: with them alone the states are what they are with all, now and after whatever else comes that none of
 * all had seen. Those that stand, and for each of their effects that does not, one that says so.
 * @param from begins with these instead of those that stand
 */
export function enough(
  events: readonly LogEvent[],
  effectsOf: (event: LogEvent) => readonly Effect[],
  from?: readonly LogEvent[],
): LogEvent[] {
  const writes = new Map<string, Write[]>()
  const additions = new Map<string, LogEvent[]>()
  const removals = new Map<string, LogEvent[]>()
  const put = <T>(map: Map<string, T[]>, key: string, value: T): void =>
    void (map.get(key)?.push(value) ?? map.set(key, [value]))
  for (const event of events) {
    for (const effect of effectsOf(event)) {
      if (effect.do === 'set') put(writes, effect.field, { event, value: null })
      else put(effect.do === 'add' ? additions : removals, `${effect.field}\n${effect.element}`, event)
    }
  }
  const kept = new Set<LogEvent>(from)
  if (from) return explained(kept, effectsOf, writes, removals)
  for (const all of writes.values()) for (const { event } of standing(all)) kept.add(event)
  for (const [key, adds] of additions)
    for (const event of adds) if (!removals.get(key)?.some((remove) => knew(remove, event))) kept.add(event)
  return explained(kept, effectsOf, writes, removals)
}

/** A set is added to while it is walked: who overrules a kept event is kept, and so on. */
function explained(
  kept: Set<LogEvent>,
  effectsOf: (event: LogEvent) => readonly Effect[],
  writes: ReadonlyMap<string, readonly Write[]>,
  removals: ReadonlyMap<string, readonly LogEvent[]>,
): LogEvent[] {
  for (const event of kept) {
    for (const effect of effectsOf(event)) {
      const rivals =
        effect.do === 'set'
          ? (writes.get(effect.field) ?? []).map((write) => write.event)
          : effect.do === 'add'
            ? (removals.get(`${effect.field}\n${effect.element}`) ?? [])
            : []
      const over = rivals
        .filter((rival) => rival !== event && knew(rival, event))
        .toSorted((a, b) => compareStamps(b, a))[0]
      if (over) kept.add(over)
    }
  }
  return [...kept]
}

interface Write {
  readonly event: LogEvent
  readonly value: unknown
}
interface Element {
  readonly field: string
  readonly element: string
  readonly adds: Write[]
  readonly removes: LogEvent[]
}

/** @param effectsOf what each event does; events of one entity (or of the entities of one conversation), in any order */
export function reduce(events: readonly LogEvent[], effectsOf: (event: LogEvent) => readonly Effect[]): StateRow[] {
  const registers = new Map<string, Write[]>()
  const elements = new Map<string, Element>()
  for (const event of events) {
    for (const effect of effectsOf(event)) {
      if (effect.do === 'set') {
        const writes = registers.get(effect.field) ?? []
        registers.set(effect.field, writes)
        writes.push({ event, value: effect.value })
        continue
      }
      const key = `${effect.field}\n${effect.element}`
      const element = elements.get(key) ?? { field: effect.field, element: effect.element, adds: [], removes: [] }
      elements.set(key, element)
      if (effect.do === 'add') element.adds.push({ event, value: effect.value ?? null })
      else element.removes.push(event)
    }
  }
  const rows: StateRow[] = []
  for (const [field, writes] of registers)
    rows.push(...standing(writes).map((write, rank) => row(field, '', rank, write)))
  for (const { field, element, adds, removes } of elements.values()) {
    const alive = adds
      .filter(({ event }) => !removes.some((remove) => knew(remove, event)))
      .toSorted((a, b) => compareStamps(b.event, a.event))[0]
    if (alive) rows.push(row(field, element, 0, alive))
  }
  return rows
}

/**
 * Elements of a set that one gave while another took them: an element stays where the two did not know of each other, and that is
 * told until somebody who knew of both gives or takes it. The gift that stands, and the newest removal that does not. From the events,
 * for the state of a set keeps no removal; of what came with a snapshot there is what stands only.
 * @param events of one entity (or of the entities of one conversation), in any order
 */
export function contested(
  events: readonly LogEvent[],
  effectsOf: (event: LogEvent) => readonly Effect[],
  field: string,
): { readonly element: string; readonly gave: LogEvent; readonly took: LogEvent }[] {
  const acts = events
    .toSorted(compareStamps)
    .flatMap((event) =>
      effectsOf(event).flatMap((effect) =>
        effect.do !== 'set' && effect.field === field
          ? [{ element: effect.element, gives: effect.do === 'add', event }]
          : [],
      ),
    )
  return [...Map.groupBy(acts, ({ element }) => element)].flatMap(([element, all]) => {
    const took = all.filter(({ gives }) => !gives).map(({ event }) => event)
    const gave = all.filter(({ gives }) => gives).map(({ event }) => event)
    const alive = gave.filter((one) => !took.some((other) => knew(other, one)))
    const unknown = took.filter((one) => !alive.some((other) => knew(other, one)))
    const [stands, loses] = [alive.at(-1), unknown.at(-1)]
    return stands && loses ? [{ element, gave: stands, took: loses }] : []
  })
}

/** Writes that no other write knew of, the one that stands first. */
function standing(writes: readonly Write[]): Write[] {
  // An earlier write of the same device is always known to its later one, so only the last of each device can stand.
  const last = new Map<string, Write>()
  for (const write of writes) {
    const other = last.get(write.event.device)
    if (!other || knew(write.event, other.event)) last.set(write.event.device, write)
  }
  const candidates = [...last.values()]
  return candidates
    .filter((write) => !writes.some(({ event }) => event.device !== write.event.device && knew(event, write.event)))
    .toSorted((a, b) => compareStamps(b.event, a.event))
}

function row(field: string, element: string, rank: number, { event, value }: Write): StateRow {
  return { field, element, rank, value, device: event.device, seq: event.seq, idx: event.idx, at: event.ms }
}
