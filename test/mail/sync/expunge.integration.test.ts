import { expect, test } from 'vitest'
import { ImapSession } from '../../../src-main/mail/sync/imap-session'
import { serverAt, user } from '../harness'
import { imitate, letter } from './imitation'

test('a move on a server that knows no MOVE deletes nothing that another mail program has only marked', async () => {
  const server = await imitate('bare')
  const trash = server.mail.create('Trash')
  for (let n = 0; n < 4; n++) server.mail.add('INBOX', letter(`m${n}`))
  const { entries } = server.mail.folder('INBOX')
  const marked = () =>
    server.mail
      .folder('INBOX')
      .entries.filter(({ letter: { flags } }) => flags.has('\\Deleted'))
      .map(({ uid }) => uid)
  const other = entries.find(({ uid }) => uid === 3)?.letter
  if (other) server.mail.setFlags(other, ['\\Deleted', '\\Seen'])
  const session = await ImapSession.open(serverAt(server.port), { user: user.name, password: user.password })
  await session.select('INBOX')
  await session.move([1, 2], 'Trash')
  await session.close()
  expect(server.mail.folder('INBOX').entries.map(({ uid }) => uid)).toEqual([3, 4])
  expect(marked()).toEqual([3])
  expect(trash.entries).toHaveLength(2)
})
