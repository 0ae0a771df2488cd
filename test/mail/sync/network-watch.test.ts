import { expect, test } from 'vitest'
import { watchAddresses } from '../../../src-main/mail/sync/network-watch'
import { waitFor } from '../../servers/process.mjs'

test('another address does not go unnoticed; the same one is no change', async () => {
  let address = '192.0.2.1'
  let changes = 0
  const stop = watchAddresses(
    () => {
      changes += 1
    },
    () => address,
    5,
  )
  await new Promise((resolve) => setTimeout(resolve, 40))
  expect(changes).toBe(0)
  address = '198.51.100.7'
  await waitFor(() => changes === 1)
  stop()
})
