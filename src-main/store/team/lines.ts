import * as z from 'zod'
import { FieldDefinition } from '../../../src-preload/contract/fields'
import { peopleBook } from '../conversations/people'
import { current } from '../conversations/tags'
import { assigneeOf } from '../conversations/work'
import type { Writer } from '../file/database'
import { addressKey } from '../../../src-preload/contract/address'
import { note, type HistoryKind } from '../threads/threads'
import type { Workspace } from '../workspace'
import type { Group } from './anchors'
import { conversationKinds } from './kinds-conversation'
import { eventsOf } from './events'
import type { Changed } from './log'
import { nameOfDevice } from './members'
import { compareStamps, dotText, type LogEvent } from './reduce'
import { stateOf, standingWrite } from './state'

/**
 * What colleagues did to a conversation, in its thread: one line for each of their events, also of one that does not stand or was
 * followed by another before it came here; one that takes another back is told in that one's line. So all consoles tell the same, in
 * whatever order they heard of it. Our own acts write their lines themselves.
 */
export function projectLines({ tx, workspace, group, events, own, quiet }: Changed): void {
  if (!own && !quiet) tellLines(tx, workspace, group, events)
}

/** As `projectLines`, for a conversation whose state was not made anew. */
export function tellLines(
  tx: Writer,
  workspace: Workspace,
  group: Group,
  events: readonly LogEvent[] = group.entities.flatMap((entity) => eventsOf(tx, entity)),
): void {
  const { conversationId: id } = group
  if (id === null) return
  const others = events.filter(({ device, kind }) => device !== workspace.device.id && Object.hasOwn(tellers, kind))
  if (others.length === 0) return
  const told = new Set(
    tx
      .all<{ dot: string }>('SELECT dot FROM history WHERE conversation_id = ? AND dot IS NOT NULL', id)
      .map(({ dot }) => dot),
  )
  const here = new Set(others.map(dotText))
  const takenBack = new Set<string>()
  for (const event of others.toSorted(compareStamps)) {
    const dot = dotText(event)
    const back = takesBack(event)
    if (back !== null && here.has(back)) {
      takenBack.add(back)
      continue
    }
    if (told.has(dot)) continue
    const said = say(tx, workspace, event)
    if (!said) continue
    const line = note(tx, id, said.kind, nameOfDevice(tx, event.device), event.ms, null, said.detail ?? '')
    tx.run('UPDATE history SET dot = ? WHERE id = ?', dot, line)
  }
  for (const dot of takenBack)
    tx.run('UPDATE history SET taken_back = 1 WHERE conversation_id = ? AND dot = ? AND taken_back = 0', id, dot)
}

const TakesBack = z.object({ back: z.string() })
/** The event that this one takes back; nobody takes back what another computer did. */
function takesBack({ device, payload }: LogEvent): string | null {
  const back = TakesBack.safeParse(payload).data?.back
  return back?.startsWith(`${device}.`) ? back : null
}

interface Said {
  readonly kind: HistoryKind
  readonly detail?: string
}
/** null: it may be met before what it names; then its line is written when that comes. */
type Teller = (tx: Writer, workspace: Workspace, payload: unknown) => Said | null

const { assign, field, move, snooze, status, tag } = conversationKinds
const tellers = {
  status: (_tx, _workspace, payload) => {
    const to = status.payload.parse(payload).status
    return { kind: to === 'open' ? 'opened' : to }
  },
  assign: (tx, workspace, payload) => {
    const to = assigneeOf(assign.payload.parse(payload).to)
    return to === null
      ? { kind: 'unassigned' }
      : { kind: 'assigned', detail: peopleBook(tx, workspace.device.id)(to).name }
  },
  tag: (tx, _workspace, payload) => {
    const { tag: name, on } = tag.payload.parse(payload)
    const label = current(tx, name)?.label
    return label === undefined ? null : { kind: on ? 'tagged' : 'untagged', detail: label }
  },
  snooze: (_tx, _workspace, payload) => {
    const { until } = snooze.payload.parse(payload)
    return until === null ? { kind: 'unsnoozed' } : { kind: 'snoozed', detail: String(until) }
  },
  field: (tx, _workspace, payload) => {
    const { field: name, value } = field.payload.parse(payload)
    const definition = FieldDefinition.safeParse(standingWrite(stateOf(tx, `field:${name}`), 'definition')?.value)
    if (!definition.success) return null
    const { label } = definition.data
    return value === null
      ? { kind: 'field-cleared', detail: label }
      : { kind: 'field-set', detail: `${label}: ${value}` }
  },
  move: (tx, _workspace, payload) => {
    const mailbox = tx.get<{ name: string }>(
      'SELECT name FROM mailboxes WHERE address_key = ? AND removing = 0',
      addressKey(move.payload.parse(payload).mailbox),
    )
    return mailbox ? { kind: 'moved', detail: mailbox.name } : null
  },
} satisfies Record<string, Teller>

const isTold = (kind: string): kind is keyof typeof tellers => Object.hasOwn(tellers, kind)

function say(tx: Writer, workspace: Workspace, { kind, payload }: LogEvent): Said | null {
  const teller: Teller | undefined = isTold(kind) ? tellers[kind] : undefined
  return teller ? teller(tx, workspace, payload) : null
}
