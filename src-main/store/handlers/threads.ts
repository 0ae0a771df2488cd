import type { threadCalls } from '../../../src-preload/contract/calls/threads'
import type { Handlers } from '../../../src-preload/contract/internal'
import { PosternError } from '../../../src-preload/contract/errors'
import type { Undo } from '../conversations/acts'
import type { StoreService } from '../service'
import { keepHere, merge, split, takeBackThreadAct } from '../threads/thread-acts'
import { whyHere } from '../threads/thread-why'
import { survivorOf } from '../threads/threads'
import { breathe, type Workspace } from '../workspace'

/** What belongs together: why, and how a person changes it. */
export function threads(service: StoreService, by: () => string): Handlers<typeof threadCalls> {
  const workspace = (): Workspace => service.open.workspace
  const inverses = (acts: readonly number[]): Undo[] =>
    acts.toReversed().map((id) => (tx) => takeBackThreadAct(tx, workspace(), id))
  const takeBack = (...acts: readonly number[]): { undo: string } => service.open.acts.keep(...inverses(acts))
  return {
    'threads.why': ({ messageId }) => whyHere(service.read, messageId),
    'threads.split': ({ messageId, which }) => {
      const { conversationId, actId } = workspace().db.write((tx) => split(tx, workspace(), messageId, which, by()))
      return { ...takeBack(actId), conversationId }
    },
    'threads.merge': async ({ ids, into }) => {
      const all = [...new Set(ids.map((id) => survivorOf(service.read, id)))]
      const target = into === null ? oldest(workspace(), all) : survivorOf(service.read, into)
      const acts: number[] = []
      try {
        for (const other of all.filter((id) => id !== target)) {
          acts.push(workspace().db.write((tx) => merge(tx, workspace(), target, other, by())).actId)
          await breathe()
        }
      } catch (fault) {
        await service.open.acts.takeBackPart(inverses(acts))
        throw fault
      }
      if (acts.length === 0) throw new PosternError('conflict', 'one conversation already', { what: 'merge' })
      return { ...takeBack(...acts), conversationId: target }
    },
    'threads.keep': ({ messageId }) => takeBack(workspace().db.write((tx) => keepHere(tx, messageId, by())).actId),
    'threads.undo': ({ actId }) => {
      workspace().db.write((tx) => takeBackThreadAct(tx, workspace(), actId))
      return {}
    },
  }
}

/** The one whose first message is the oldest. */
function oldest(workspace: Workspace, ids: readonly number[]): number {
  const begun = ids.map((id) => ({
    id,
    at:
      workspace.db.read.get<{ at: number | null }>('SELECT min(date) AS at FROM messages WHERE conversation_id = ?', id)
        ?.at ?? Number.MAX_SAFE_INTEGER,
  }))
  return begun.toSorted((a, b) => a.at - b.at || a.id - b.id)[0]?.id ?? 0
}
