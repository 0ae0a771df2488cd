import { expect, test } from 'vitest'
import type { ServerOp, StoreForMail } from '../../../src-preload/contract/internal'
import { performActs } from '../../../src-main/mail/sync/server-acts'
import type { ImapSession } from '../../../src-main/mail/sync/imap-session'
import type { Rpc } from '../../../src-main/shared/port-rpc'

const op = (id: number, folderPath: string, uidValidity: string): ServerOp => ({
  id,
  mailboxId: 1,
  kind: 'add-flags',
  folderId: folderPath === 'INBOX' ? 1 : 2,
  folderPath,
  uidValidity,
  uids: [id],
  flags: ['\\Seen'],
  targetRole: null,
  targetPath: null,
})

test('acts that wait for a folder that was numbered anew neither keep the server busy nor hold up those of other folders (R35)', async () => {
  let waiting = [...Array.from({ length: 60 }, (_, n) => op(n + 1, 'INBOX', 'old')), op(61, 'Archive', 'same')]
  const asked: string[] = []
  const done: number[][] = []
  const store = {
    call: async (name: string, input: { id?: number; result?: string; limit?: number; after?: number }) => {
      if (asked.push(name) > 500) throw new Error('asked without end')
      if (name === 'ops.next')
        return { ops: waiting.filter(({ id }) => id > (input.after ?? 0)).slice(0, input.limit ?? 0) }
      if (input.result !== 'retry') waiting = waiting.filter(({ id }) => id !== input.id)
      return {}
    },
  } as unknown as Pick<Rpc<StoreForMail>, 'call'>
  const session = {
    select: async (path: string) => ({ uidValidity: path === 'INBOX' ? 'new' : 'same' }),
    addFlags: async (uids: number[]) => void done.push(uids),
  } as unknown as ImapSession
  await performActs(1, session, store, {
    has: () => true,
    pathOf: async () => null,
    isAll: () => false,
    isStill: async () => true,
    hasLabel: () => false,
    relist: () => undefined,
    touched: () => undefined,
  })
  expect(done).toEqual([[61]])
  expect(waiting).toHaveLength(60)
  expect(asked.filter((name) => name === 'ops.settle')).toHaveLength(61)
})
