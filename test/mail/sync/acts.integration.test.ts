import { afterEach, describe, expect, test } from 'vitest'
import { RealStore } from '../real-store'
import { waitFor } from '../harness'
import { imitate, letter, type Imitation } from './imitation'

type Script = NonNullable<Imitation['world']['script']>

let store: RealStore | null = null
afterEach(async () => {
  await store?.close()
  store = null
})

const lies = (server: Imitation, path: string): string[] =>
  server.mail.folder(path).entries.map(({ letter: { raw } }) => /Subject: (\S+)/.exec(raw.toString())?.[1] ?? '')
const isRead = (server: Imitation, n: number): boolean =>
  server.mail.folder('INBOX').entries[n]?.letter.flags.has('\\Seen') ?? false
const waiting = (): number => store?.db.read.get<{ n: number }>('SELECT count(*) AS n FROM server_op_uids')?.n ?? 0

/** A mailbox with a trash and some mail in its inbox, in step. `script`: how its server answers from then on. */
async function inStep(
  kind: 'qresync' | 'bare',
  script: Script,
  letters = 1,
): Promise<{ server: Imitation; real: RealStore; ids: number[] }> {
  const server = await imitate(kind)
  server.mail.create('Trash', '\\Trash')
  for (let n = 1; n <= letters; n++) server.mail.add('INBOX', letter(`m${n}`))
  const real = (store = await RealStore.make(server.port))
  real.follow()
  await real.untilIdle()
  server.world.script = script
  const list = (await real.harness.list()).toSorted((a, b) => a.subject.localeCompare(b.subject))
  return { server, real, ids: list.map(({ id }) => id) }
}
async function done(): Promise<void> {
  await waitFor(() => waiting() === 0, { ms: 30_000, what: () => 'nothing waits' })
}
async function told(real: RealStore, id: number | undefined): Promise<string[]> {
  const { history } = await real.harness.call('conversations.get', { id: id ?? 0 })
  return history.map(({ kind }) => kind).filter((kind) => kind.endsWith('refused'))
}

/** Answers the first command of this name by itself, once. */
function once(name: string, answer: (tag: string, session: Parameters<Script>[1]) => void): Script {
  let left = 1
  return ({ tag, name: said }, session) => {
    if (said !== name || left === 0) return false
    left -= 1
    answer(tag, session)
    return true
  }
}

describe('an act of a person', () => {
  test.each(['UID STORE', 'UID MOVE'])('is not taken for refused because the connection broke at %s', async (name) => {
    const { server, real, ids } = await inStep(
      'qresync',
      once(name, (_tag, session) => session.close()),
    )
    if (name === 'UID STORE') await real.harness.call('conversations.setRead', { ids, read: true })
    else await real.harness.call('conversations.trash', { ids })
    real.wakeActs()
    await done()
    expect(await told(real, ids[0])).toEqual([])
    if (name === 'UID STORE') expect(isRead(server, 0)).toBe(true)
    else expect(lies(server, 'Trash')).toEqual(['m1'])
  })

  test('does not wait for ever where the server lets no second connection in, and new mail still comes at once', async () => {
    const { server, real, ids } = await inStep('qresync', ({ tag, name }, session) => {
      if (name !== 'LOGIN' && name !== 'AUTHENTICATE') return false
      session.send(`${tag} NO [LIMIT] Too many simultaneous connections\r\n`)
      return true
    })
    await real.harness.call('conversations.trash', { ids })
    real.wakeActs()
    await done()
    expect(lies(server, 'Trash')).toEqual(['m1'])
    expect(server.open()).toBe(1)
    server.mail.add('INBOX', letter('m2'))
    await waitFor(async () => (await real.harness.list()).some(({ subject }) => subject === 'm2'), {
      ms: 30_000,
      what: () => 'the new mail',
    })
  })

  test.each(['[UNAVAILABLE] try later', '[INUSE] locked', '[SERVERBUG] oops', '[OVERQUOTA] full', '[LIMIT] slow down'])(
    'is not dropped because the server cannot do it just now: NO %s (RFC 5530)',
    async (line) => {
      const { server, real, ids } = await inStep(
        'qresync',
        once('UID MOVE', (tag, session) => session.send(`${tag} NO ${line}\r\n`)),
      )
      await real.harness.call('conversations.trash', { ids })
      real.wakeActs()
      await done()
      expect(lies(server, 'Trash')).toEqual(['m1'])
      expect(await told(real, ids[0])).toEqual([])
      expect(await real.harness.list()).toEqual([])
    },
  )

  test('that the server cannot do just now is not asked for again and again, and holds up no other', async () => {
    let asked = 0
    const { server, real, ids } = await inStep(
      'qresync',
      ({ tag, name, args }, session) => {
        if (name !== 'UID STORE' || !args.startsWith('1 ')) return false
        asked += 1
        session.send(`${tag} NO [UNAVAILABLE] try later\r\n`)
        return true
      },
      2,
    )
    for (const id of ids) {
      await real.harness.call('conversations.setRead', { ids: [id], read: true })
      real.wakeActs()
      await waitFor(() => asked > 0, { ms: 10_000, what: () => 'asked' })
    }
    for (let n = 0; n < 40; n++) {
      real.wakeActs()
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    expect(isRead(server, 1)).toBe(true)
    expect(asked).toBeGreaterThan(0)
    expect(asked).toBeLessThan(4)
    expect(waiting()).toBe(1)
  })

  test('is not undone on the server by an earlier one on the same message that had to wait', async () => {
    const { server, real, ids } = await inStep(
      'qresync',
      once('UID STORE', (tag, session) => session.send(`${tag} NO [INUSE] locked\r\n`)),
    )
    await real.harness.call('conversations.setRead', { ids, read: true })
    real.wakeActs()
    await waitFor(() => server.seen.commands.some((said) => said.startsWith('UID STORE')), { ms: 10_000 })
    await real.harness.call('conversations.setRead', { ids, read: false })
    real.wakeActs()
    await done()
    expect(isRead(server, 0)).toBe(false)
    expect(server.seen.commands.filter((said) => said.startsWith('UID STORE')).at(-1)).toContain('-FLAGS')
  })

  test('that the server refuses is not taken back without a word', async () => {
    const { server, real, ids } = await inStep('qresync', ({ tag, name }, session) => {
      if (name !== 'UID MOVE' && name !== 'UID STORE') return false
      session.send(`${tag} NO [NOPERM] not yours\r\n`)
      return true
    })
    await real.harness.call('conversations.setRead', { ids, read: true })
    await real.harness.call('conversations.trash', { ids })
    real.wakeActs()
    await done()
    expect(lies(server, 'INBOX')).toEqual(['m1'])
    expect((await real.harness.list())[0]).toMatchObject({ unread: true })
    expect(await told(real, ids[0])).toEqual(['flag-refused', 'move-refused'])
  })

  test.each(['while the move is on its way', 'a moment after it'])(
    'is not lost when it takes back a trash for which the folder had to be made, %s',
    async (moment) => {
      let moving = (): void => undefined
      const mayMove = new Promise<void>((resolve) => (moving = resolve))
      const server = await imitate('qresync')
      server.mail.add('INBOX', letter('m1'))
      const real = (store = await RealStore.make(server.port))
      real.follow()
      await real.untilIdle()
      server.world.script = async ({ name }) => {
        if (name === 'UID MOVE') await mayMove
        return false
      }
      const ids = (await real.harness.list()).map(({ id }) => id)
      const { undo } = await real.harness.call('conversations.trash', { ids })
      real.wakeActs()
      await waitFor(() => server.seen.commands.some((said) => said.startsWith('UID MOVE')), { ms: 10_000 })
      if (moment.startsWith('while')) await real.harness.call('acts.undo', { undo })
      moving()
      const inInbox = "SELECT 1 FROM locations l JOIN folders f ON f.id = l.folder_id WHERE f.path = 'INBOX'"
      await waitFor(() => !real.db.read.get(inInbox), { ms: 10_000, what: () => 'moved' })
      if (!moment.startsWith('while')) await real.harness.call('acts.undo', { undo })
      real.wakeActs()
      await waitFor(() => lies(server, 'INBOX').length === 1, { ms: 10_000, what: () => 'back in the inbox' })
      await done()
      expect(lies(server, 'Trash')).toEqual([])
      expect((await real.harness.list()).map(({ subject }) => subject)).toEqual(['m1'])
    },
  )
})
