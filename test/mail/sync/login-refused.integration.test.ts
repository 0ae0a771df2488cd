import { expect, test } from 'vitest'
import { TeamLink } from '../../../src-main/mail/team/team-link'
import { mailboxAt, serverAt, untilIdle, user } from '../harness'
import { MemoryStore } from '../memory-store'
import { follow, imitate, letter, until, type Imitation } from './imitation'

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

async function inStep(): Promise<{ server: Imitation } & ReturnType<typeof follow>> {
  const server = await imitate('qresync')
  server.mail.add('INBOX', letter('m1'))
  const followed = follow(server, new MemoryStore([mailboxAt(serverAt(server.port))]))
  await untilIdle(followed.store)
  return { server, ...followed }
}
function act(store: MemoryStore): void {
  store.ops.push({
    id: 1,
    mailboxId: 1,
    kind: 'add-flags',
    folderId: store.folder('INBOX').cursor.folderId,
    folderPath: 'INBOX',
    uidValidity: store.folder('INBOX').cursor.uidValidity ?? '',
    uids: [1],
    flags: ['\\Seen'],
    targetRole: null,
    targetPath: null,
  })
}

test('a password that changed while the connection stands is told, and not tried with every act until the server locks the account', async () => {
  const { server, store, sync } = await inStep()
  server.world.password = 'another'
  act(store)
  for (let n = 0; n < 20; n++) {
    sync.actsWaiting()
    await pause(50)
  }
  await until(() => store.progress?.state === 'auth-failed', 'told', 10_000)
  for (let n = 0; n < 20; n++) {
    sync.actsWaiting()
    await sync.seeAnswers().catch(() => undefined)
  }
  // The one in step, that for the act, and the look whether the password is wrong indeed.
  expect(server.seen.logins).toBe(3)
  server.world.password = user.password
  sync.wake()
  await until(() => store.ops.length === 0, 'the act is done', 10_000)
  await untilIdle(store)
})

test('an answer that waits for a look at its mailbox does not try a refused password again and again', async () => {
  const server = await imitate('qresync')
  server.world.password = 'another'
  const { store, sync } = follow(server)
  await until(() => store.progress?.state === 'auth-failed', 'told')
  const codes: unknown[] = []
  for (let n = 0; n < 10; n++)
    await sync.seeAnswers().catch((error: unknown) => codes.push(Reflect.get(Object(error), 'code')))
  expect(codes).toEqual(Array.from({ length: 10 }, () => 'auth-refused'))
  expect(server.seen.logins).toBe(1)
})

test('a server that lets in nobody beside the first does not end that, nor is it asked at every turn', async () => {
  const { server, store, sync } = await inStep()
  // Some say so of one too many as they do of a wrong password.
  server.world.script = ({ tag, name }, session) => {
    if (name !== 'LOGIN' && name !== 'AUTHENTICATE') return false
    if (server.open() === 1) return false
    session.send(`${tag} NO [AUTHENTICATIONFAILED] no\r\n`)
    return true
  }
  act(store)
  for (let n = 0; n < 30; n++) {
    sync.actsWaiting()
    await pause(100)
  }
  await untilIdle(store)
  const { connections } = server.seen
  expect(connections).toBeLessThan(5)
  server.mail.add('INBOX', letter('m2'))
  await until(() => store.folder('INBOX').messages.size === 2, 'new mail')
  expect(store.states).not.toContain('auth-failed')
})

test('what a team does while the password is refused does not try it again with every act', async () => {
  const server = await imitate('qresync')
  server.world.password = 'another'
  const store = new MemoryStore([mailboxAt(serverAt(server.port))])
  store.team = { mailboxId: 1, team: 't', device: 'd', carrier: { kind: 'mailbox' } }
  const link = new TeamLink({
    store: store.port,
    app: { call: async () => ({ user: user.name, password: user.password }) as never },
  })
  link.start()
  try {
    await until(() => server.seen.logins === 1, 'tried')
    for (let n = 0; n < 20; n++) {
      link.wake(false)
      await pause(30)
    }
    expect(server.seen.logins).toBe(1)
    server.world.password = user.password
    link.tryAgain()
    await until(() => store.teamStates.at(-1) === 'live', 'live', 10_000)
  } finally {
    await link.stop()
  }
})
