import type { Conversation, Message, Note } from '../../src-preload/contract'

/** A longer run of folded messages is one line. */
const longestRun = 6

export type ThreadEvent = Conversation['history'][number]
export type ThreadItem =
  | { kind: 'message'; at: number; message: Message }
  | { kind: 'event'; at: number; event: ThreadEvent }
  | { kind: 'note'; at: number; note: Note }
  | { kind: 'run'; at: number; ids: number[] }

/** Messages, notes and events in order of time; long runs of folded messages put together. A note is never put away. */
export function arrange(
  messages: readonly Message[],
  history: readonly ThreadEvent[],
  notes: readonly Note[],
  isOpen: (id: number) => boolean,
): ThreadItem[] {
  const items: ThreadItem[] = [
    ...messages.map((message): ThreadItem => ({ kind: 'message', at: message.date, message })),
    ...notes.map((note): ThreadItem => ({ kind: 'note', at: note.at, note })),
    ...history.map((event): ThreadItem => ({ kind: 'event', at: event.at, event })),
  ]
  items.sort((a, b) => a.at - b.at)
  const shown: ThreadItem[] = []
  let run: ThreadItem[] = []
  const flush = () => {
    const folded = run.flatMap((item) => (item.kind === 'message' ? [item.message.id] : []))
    const [first, ...rest] = run
    if (folded.length <= longestRun || !first) shown.push(...run)
    else if (first.kind === 'message')
      shown.push(first, { kind: 'run', at: rest[0]?.at ?? first.at, ids: folded.slice(1) })
    else shown.push({ kind: 'run', at: first.at, ids: folded })
    run = []
  }
  for (const item of items) {
    const stays = item.kind === 'note' || (item.kind === 'message' && isOpen(item.message.id))
    if (stays) {
      flush()
      shown.push(item)
    } else run.push(item)
  }
  // what stands after the last open message is never put away
  const tail = run
  run = []
  shown.push(...tail)
  return shown
}
