import net from 'node:net'
import { expect, test } from 'vitest'
import type { NetworkContact } from '../../src-preload/contract/network'
import { forbidNetwork, onErrand } from '../../src-main/shared/network-gate'

test('a process that must make no connection makes none, announced or not, and what it tried is told as the ledger takes it', async () => {
  const told: NetworkContact[] = []
  forbidNetwork((refused) => told.push(refused))
  const attempt = (): Promise<unknown> =>
    new Promise((resolve) => net.connect({ host: '127.0.0.1', port: 9 }).once('error', resolve))
  expect(await attempt()).toMatchObject({ code: 'host-blocked' })
  expect(await onErrand({ use: 'fetch-mail', host: '127.0.0.1', mailboxId: 3 }, attempt)).toMatchObject({
    code: 'host-blocked',
  })
  const refused = {
    host: '127.0.0.1',
    port: 9,
    address: '',
    at: expect.any(Number),
    begun: 1,
    blocked: 1,
    failed: 0,
    sent: 0,
    received: 0,
    result: 'host-blocked',
    expected: false,
  }
  expect(told).toEqual([
    { ...refused, use: 'unknown', mailboxId: null },
    { ...refused, use: 'fetch-mail', mailboxId: 3 },
  ])
})
