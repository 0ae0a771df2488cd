import { expect, test, vi } from 'vitest'
import { capabilities } from '../../servers/imap-imitation.mjs'
import { follow, imitate, letter, subjects, until } from './imitation'

vi.mock('../../../src-main/mail/sync/sync-timing', async (original) => ({
  ...(await original<typeof import('../../../src-main/mail/sync/sync-timing')>()),
  pollMs: 300,
  toldPollMs: 600_000,
}))

test('mail in other folders is not found minutes late because the server stopped telling of it (NOTIFICATIONOVERFLOW, RFC 5465)', async () => {
  const server = await imitate('qresync', { caps: `${capabilities.qresync} NOTIFY` })
  server.world.script = ({ name, tag }, session) => {
    if (name !== 'NOTIFY') return false
    session.send(`${tag} OK will tell\r\n`)
    return true
  }
  server.mail.create('Orders')
  const { store } = follow(server)
  await until(() => store.progress?.state === 'idle', 'in step')
  const idling = () => [...server.world.sessions.keys()].find(({ idleTag }) => idleTag !== null)
  await until(() => server.seen.commands.some((said) => said.startsWith('NOTIFY')) && idling(), 'told of all folders')
  await new Promise((resolve) => setTimeout(resolve, 500))
  server.mail.add('Orders', letter('untold'))
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  expect(subjects(store, 'Orders')).toEqual([])
  await until(idling, 'idling')
  idling()?.send('* OK [NOTIFICATIONOVERFLOW] too much to tell\r\n')
  await until(() => subjects(store, 'Orders').includes('untold'), 'looked at once', 5_000)
  server.mail.add('Orders', letter('later'))
  await until(() => subjects(store, 'Orders').includes('later'), 'looked at as everywhere else', 5_000)
})
