import { expect, test } from 'vitest'
import { ImapCarrier } from '../../../src-main/mail/team/team-imap'

test('a folder that begins anew under the same UIDVALIDITY is noticed while connected (R60)', async () => {
  let uidNext = 40
  const session = {
    listFolders: async () => [{ path: 'Postern', delimiter: '/' }],
    select: async () => ({ uidValidity: '1', uidNext }),
  }
  const carrier = await ImapCarrier.over(session as never, 'support@acme.test', null)
  await carrier.poke()
  uidNext = 41
  await carrier.poke()
  uidNext = 3
  await expect(carrier.poke()).rejects.toMatchObject({ code: 'connection-lost' })
})
