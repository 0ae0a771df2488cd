import { describe, expect, test } from 'vitest'
import net from 'node:net'
import { PosternError } from '../../../src-preload/contract/errors'
import { mailboxAt, serverAt, untilIdle } from '../harness'
import { MemoryStore } from '../memory-store'
import { follow, imitate, letter, subjects, until, type Imitation } from './imitation'

type Script = NonNullable<Imitation['world']['script']>

const flagged = (server: Imitation, uid: number): void => {
  const entry = server.mail.folder('INBOX').entries.find((one) => one.uid === uid)
  server.mail.setFlags(entry?.letter, ['\\Seen', '\\Flagged'])
}
/** A store that ends its sync instead of taking in page `n`. */
function endingAt(store: MemoryStore, n: number, before: () => Promise<void> | void = () => undefined): void {
  store.beforePage = async () => {
    if (store.pages < n) return
    await before()
    throw new PosternError('service-stopped')
  }
}
async function goOn(server: Imitation, store: MemoryStore): Promise<void> {
  store.beforePage = null
  store.progress = null
  follow(server, store)
  await untilIdle(store)
}
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

describe('a sync that ended half way', () => {
  test('misses no flag of what it had stored of a window', async () => {
    const server = await imitate('qresync')
    for (let n = 1; n <= 420; n++) server.mail.add('INBOX', letter(`m${n}`))
    const store = new MemoryStore([mailboxAt(serverAt(server.port))])
    endingAt(store, 2)
    const first = follow(server, store)
    await until(() => store.progress?.state === 'offline' || store.progress?.error, 'ended')
    await first.stop()
    expect(store.folder('INBOX').messages.size).toBe(220)
    expect(store.folder('INBOX').messages.has(100)).toBe(true)
    flagged(server, 100)
    await goOn(server, store)
    expect(store.folder('INBOX').messages.size).toBe(420)
    expect(store.folder('INBOX').messages.get(100)?.flags).toContain('\\Flagged')
  })

  test('misses no flag that changed while its message was on its way into the store', async () => {
    const server = await imitate('qresync')
    for (let n = 1; n <= 820; n++) server.mail.add('INBOX', letter(`m${n}`))
    const store = new MemoryStore([mailboxAt(serverAt(server.port))])
    const caught = (): number => server.seen.commands.filter((said) => said.includes('CHANGEDSINCE')).length
    let held = false
    store.beforePage = async () => {
      if (store.pages === 2 && !held) {
        held = true
        await until(() => server.open() === 2, 'the second connection')
        await pause(300)
        const before = caught()
        flagged(server, 700)
        await until(() => caught() > before, 'the change is followed')
        await pause(200)
      }
      if (store.pages === 3) throw new PosternError('service-stopped')
    }
    const first = follow(server, store)
    await until(() => store.progress?.error, 'ended')
    await first.stop()
    await goOn(server, store)
    expect(store.folder('INBOX').messages.size).toBe(820)
    expect(store.folder('INBOX').messages.get(700)?.flags).toContain('\\Flagged')
  })

  test('misses no flag of new mail that it had stored of a window', async () => {
    const server = await imitate('qresync')
    server.mail.add('INBOX', letter('first'))
    const { store, stop } = follow(server)
    await untilIdle(store)
    await stop()
    for (let n = 1; n <= 300; n++) server.mail.add('INBOX', letter(`m${n}`))
    endingAt(store, store.pages + 1)
    store.progress = null
    const second = follow(server, store)
    await until(() => store.progress?.error, 'ended')
    await second.stop()
    expect(store.folder('INBOX').messages.size).toBe(201)
    flagged(server, 50)
    await goOn(server, store)
    expect(store.folder('INBOX').messages.size).toBe(301)
    expect(store.folder('INBOX').messages.get(50)?.flags).toContain('\\Flagged')
  })

  test('does not hold its mailbox while it is still connecting', async () => {
    const mute = net.createServer(() => undefined)
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve))
    const address = mute.address()
    const { stop, store } = follow({ port: typeof address === 'object' && address ? address.port : 0 })
    await until(() => store.progress?.state === 'connecting', 'connecting')
    await pause(200)
    const from = performance.now()
    await stop()
    // Long before it gives up on the connection.
    expect(performance.now() - from).toBeLessThan(10_000)
    mute.close()
  })
})

test('a connection that watches and is refused a command is closed', async () => {
  const server = await imitate('qresync', {
    script: ({ tag, name }, session) => {
      if (session.id === 1 || name !== 'UID SEARCH') return false
      session.send(`${tag} NO [LIMIT] not now\r\n`)
      return true
    },
  })
  for (let n = 1; n <= 100; n++) server.mail.add('INBOX', letter(`m${n}`))
  const store = new MemoryStore([mailboxAt(serverAt(server.port))])
  let told = false
  store.beforePage = async () => {
    if (store.pages !== 1) return
    await until(() => server.open() === 2, 'the second connection')
    server.mail.add('INBOX', letter('later'))
    await pause(1000)
    told = true
  }
  follow(server, store)
  await until(() => told, 'told')
  await untilIdle(store)
  await pause(500)
  expect(server.open()).toBe(1)
})

test('an act whose connection could not be made does not wait until a long first sync is over', async () => {
  let refused = 0
  const server = await imitate('qresync', {
    script: ({ name }, session) => {
      if (session.id === 1 || !['LOGIN', 'AUTHENTICATE'].includes(name) || refused > 0) return false
      refused += 1
      session.close()
      return true
    },
  })
  for (let n = 1; n <= 100; n++) server.mail.add('INBOX', letter(`m${n}`))
  const store = new MemoryStore([mailboxAt(serverAt(server.port))])
  const { sync } = follow(server, store)
  const isRead = (): boolean => server.mail.folder('INBOX').entries[99]?.letter.flags.has('\\Seen') === true
  let done = false
  store.beforePage = async () => {
    if (store.pages !== 1 || done) return
    const { uidValidity } = store.folder('INBOX').cursor
    store.ops.push({
      id: 1,
      mailboxId: 1,
      kind: 'add-flags',
      folderId: store.folder('INBOX').cursor.folderId,
      folderPath: 'INBOX',
      uidValidity: uidValidity ?? '',
      uids: [100],
      flags: ['\\Seen'],
      targetRole: null,
      targetPath: null,
    })
    sync.actsWaiting()
    await until(isRead, 'done on the server', 20_000)
    done = true
  }
  await until(() => done, 'done while the rest is still to come')
  expect(refused).toBe(1)
})

test('a mailbox is not called in step while a folder that is new is being filled', async () => {
  const server = await imitate('qresync')
  server.mail.add('INBOX', letter('first'))
  const { store, sync } = follow(server)
  await untilIdle(store)
  server.mail.create('Orders')
  for (let n = 1; n <= 300; n++) server.mail.add('Orders', letter(`m${n}`))
  let seen = ''
  store.beforePage = async () => {
    if (seen === '') await pause(1_000)
    seen = store.progress?.state ?? ''
  }
  sync.wake()
  await until(
    () => store.folders.some(({ cursor, messages }) => cursor.path === 'Orders' && messages.size === 300),
    'filled',
  )
  expect(seen).toBe('syncing')
})

test('a mailbox is not called in step while its inbox is read again under new UIDs', async () => {
  const server = await imitate('qresync')
  for (let n = 1; n <= 300; n++) server.mail.add('INBOX', letter(`m${n}`))
  const { store, sync } = follow(server)
  await untilIdle(store)
  server.mail.newValidity('INBOX')
  let seen = ''
  store.beforePage = async () => {
    if (seen === '') await pause(1_000)
    seen = store.progress?.state ?? ''
  }
  server.mail.create('Orders')
  sync.wake()
  await until(
    () =>
      store.folder('INBOX').cursor.uidValidity === String(server.mail.folder('INBOX').uidValidity) &&
      subjects(store, 'INBOX').length === 300,
    'filled',
  )
  expect(seen).toBe('syncing')
})

describe('more of a mailbox is to be kept than before', () => {
  const bad = 5
  /** What the server does when it is asked for messages of which one is bad; true: it has answered by itself. */
  const answers: Record<string, (tag: string, session: Parameters<Script>[1]) => boolean> = {
    'is left out': (_tag, session) => {
      const { send } = session
      session.send = (text) => (String(text).includes(`UID ${bad} `) ? undefined : send(text))
      return false
    },
    'is refused': (tag, session) => {
      session.send(`${tag} NO it could not be retrieved\r\n`)
      return true
    },
    'ends the connection': (_tag, session) => {
      session.close()
      return true
    },
  }
  test.each(Object.keys(answers))('one message that %s keeps none of the others away', async (what) => {
    const server = await imitate('qresync', {
      script: ({ tag, name, args }, session) => {
        if (!deepening || name !== 'UID FETCH' || !args.includes('BODY')) return false
        const uids = (args.split(' ')[0] ?? '').split(',').flatMap((part) => {
          const [from = 0, to = from] = part.split(':').map(Number)
          return Array.from({ length: to - from + 1 }, (_, at) => from + at)
        })
        return uids.includes(bad) && (answers[what]?.(tag, session) ?? false)
      },
    })
    const count = 120
    for (let n = 1; n <= count; n++) server.mail.add('INBOX', letter(`m${n}`))
    const store = new MemoryStore([mailboxAt(serverAt(server.port))])
    let deepening = false
    const partial = new Set(Array.from({ length: count }, (_, at) => at + 1))
    const port: Pick<MemoryStore['port'], 'call'> = {
      call: async (name, input) => {
        if (name === 'parts.next') {
          deepening ||= store.progress?.state === 'idle'
          return { uids: [...partial].toReversed().slice(0, Number(Reflect.get(input, 'limit'))) } as never
        }
        if (name === 'parts.complete') partial.delete(Number(Reflect.get(input, 'uid')))
        return store.port.call(name, input)
      },
    }
    follow(server, store, port)
    await until(() => partial.size === 1, 'all others')
    expect([...partial]).toEqual([bad])
    await until(() => store.progress?.state === 'idle', 'in step')
    // And it is not asked for again and again.
    await pause(1_000)
    const before = server.seen.commands.length
    await pause(1_000)
    expect(server.seen.commands.slice(before).filter((said) => said.includes('BODY'))).toEqual([])
  })
})
