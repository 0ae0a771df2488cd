import { expect, test } from 'vitest'
import type { StoreForMail } from '../../../src-preload/contract/internal'
import { StoredFolder } from '../../../src-main/mail/sync/stored-folder'
import type { Rpc } from '../../../src-main/shared/port-rpc'

test('headers of any size by which messages are known again do not gather in memory (R36)', async () => {
  const handed: number[][] = []
  let largest = 0
  const store = {
    call: async (_: string, { items }: { items: { uid: number; header: Uint8Array }[] }) => {
      handed.push(items.map(({ uid }) => uid))
      largest = Math.max(
        largest,
        items.reduce((sum, { header }) => sum + header.byteLength, 0),
      )
      return { uids: items.flatMap(({ uid }) => (uid % 2 === 0 ? uid : [])) }
    },
  } as unknown as Pick<Rpc<StoreForMail>, 'call'>
  const folder = new StoredFolder(store, {
    folderId: 1,
    path: 'INBOX',
    role: 'inbox',
    uidValidity: '2',
    highUid: 0,
    lowUid: 0,
    modSeq: null,
    complete: false,
  })
  async function* marks() {
    for (let uid = 1; uid <= 20; uid++)
      yield { uid, flags: [], internalDate: 1000 - uid, size: 1, source: Buffer.alloc(2 ** 20) }
  }
  expect(await folder.knownAgain(marks())).toEqual({ uids: [2, 4, 6, 8, 10, 12, 14, 16, 18, 20], oldest: 980 })
  expect(handed.flat()).toEqual(Array.from({ length: 20 }, (_, n) => n + 1))
  expect(largest).toBeLessThanOrEqual(5 * 2 ** 20)
})
