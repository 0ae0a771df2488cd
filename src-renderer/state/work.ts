import type { FieldValue } from '../../src-preload/contract'
import { call } from '../client'
import { t } from '../text'
import { whenText } from '../text/time'
import { leavingList, tellDone, tried } from './acts'
import { usePlaces } from './places'

/** Whether an act takes conversations out of the list on screen. */
function leaves(view: 'assign' | 'snooze'): boolean {
  const { place } = usePlaces.getState()
  if (place.kind !== 'inbox') return false
  return view === 'snooze' ? place.view !== 'snoozed' : place.view === 'unassigned'
}

function act(
  ids: readonly number[],
  gone: boolean,
  does: () => Promise<{ undo: string }>,
  said: string,
): Promise<boolean> {
  return tried(() => tellDone(said, gone ? leavingList(ids, null, does) : does()))
}

/** Gives conversations to somebody, a group, or nobody. `stay`: the one that is open stays on screen. */
export function assign(
  ids: readonly number[],
  to: { id: string; name: string } | null,
  stay = false,
): Promise<boolean> {
  const said = to
    ? t('work:did.assigned', { count: ids.length, name: to.name || t('work:you') })
    : t('work:did.unassigned', { count: ids.length })
  return act(
    ids,
    !stay && to !== null && leaves('assign'),
    () => call('conversations.assign', { ids: [...ids], to: to?.id ?? null }),
    said,
  )
}

export function setTag(ids: readonly number[], tag: { name: string; label: string }, on: boolean): Promise<boolean> {
  const said = on
    ? t('work:did.tagged', { count: ids.length, label: tag.label })
    : t('work:did.untagged', { count: ids.length, label: tag.label })
  return act(ids, false, () => call('conversations.tag', { ids: [...ids], tag: tag.name, on }), said)
}

/** Sets what the team keeps about conversations in a field of its own; null clears it. */
export function setField(
  ids: readonly number[],
  field: { name: string; label: string },
  value: FieldValue | null,
): Promise<boolean> {
  const said = t(value === null ? 'fields:didClear' : 'fields:didSet', { count: ids.length, label: field.label })
  return act(ids, false, () => call('conversations.setField', { ids: [...ids], field: field.name, value }), said)
}

/** Gives or takes a label that the mail server keeps. */
export function setLabel(ids: readonly number[], label: string, on: boolean): Promise<boolean> {
  const said = t(on ? 'labels:did.given' : 'labels:did.taken', { count: ids.length, label })
  return act(ids, false, () => call('conversations.label', { ids: [...ids], label, on }), said)
}

/** `until` in ms; null ends the snooze. `stay`: the one that is open stays on screen. */
export function snooze(
  ids: readonly number[],
  until: number | null,
  unlessReply = true,
  stay = false,
): Promise<boolean> {
  const said =
    until === null
      ? t('work:did.woke', { count: ids.length })
      : t('work:did.snoozed', { count: ids.length, when: whenText(until, Date.now()) })
  return act(
    ids,
    !stay && until !== null && leaves('snooze'),
    () => call('conversations.snooze', { ids: [...ids], until, unlessReply }),
    said,
  )
}

/** Makes a tag and gives it to conversations. */
export function makeTag(ids: readonly number[], label: string): Promise<boolean> {
  const make = async () => {
    const tag = await call('tags.create', { label })
    return call('conversations.tag', { ids: [...ids], tag: tag.name, on: true })
  }
  return act(ids, false, make, t('work:did.tagged', { count: ids.length, label }))
}
