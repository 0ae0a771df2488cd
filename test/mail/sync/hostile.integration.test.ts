import { rmSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { PosternError } from '../../../src-preload/contract/errors'
import { capabilities } from '../../servers/imap-imitation.mjs'
import { makeCertificates, trust } from '../../servers/tls.mjs'
import { Backoff } from '../../../src-main/mail/sync/backoff'
import { mailboxAt, serverAt, untilIdle, user } from '../harness'
import { MemoryStore } from '../memory-store'
import { follow, imitate, letter, subjects, until } from './imitation'

interface Said {
  name: string
  args: string
  tag: string
}
interface Line {
  send: (text: string | Buffer) => void
  close: () => void
}
/** What a hostile server does at a command; true: it has answered by itself. */
type Hostility = (said: Said, line: Line) => boolean

const endless = (said: Said, line: Line, when: string): boolean => {
  if (said.name !== when) return false
  const chunk = Buffer.alloc(1024 * 1024, 'a')
  // 100 MB without a line's end; sockets that are closed take no more.
  for (let n = 0; n < 100; n++) line.send(chunk)
  return true
}

const hostilities: Record<string, Hostility> = {
  'a literal of 2^40 bytes': ({ name, args }, line) => {
    if (name !== 'UID FETCH' || !args.includes('BODY')) return false
    line.send('* 1 FETCH (UID 1 BODY[] {1099511627776}\r\nabc')
    return true
  },
  'a literal of a negative size': ({ name, args, tag }, line) => {
    if (name !== 'UID FETCH' || !args.includes('BODY')) return false
    line.send(`* 1 FETCH (UID 1 BODY[] {-5}\r\nabc)\r\n${tag} OK done\r\n`)
    return true
  },
  'a line without end': (said, line) => endless(said, line, 'LIST'),
  'nesting without end': ({ name, tag }, line) => {
    if (name !== 'UID SEARCH') return false
    line.send(`* 1 FETCH ${'('.repeat(100_000)}\r\n${tag} OK done\r\n`)
    return true
  },
  'bytes that are no IMAP': ({ name }, line) => {
    if (name !== 'SELECT') return false
    line.send(Buffer.from(Array.from({ length: 5_000 }, (_, n) => (n * 151) % 256)))
    line.close()
    return true
  },
  'an answer that never comes, and a closed door': ({ name }, line) => {
    if (name !== 'STATUS' && name !== 'UID SEARCH') return false
    line.close()
    return true
  },
}

describe('a hostile server (R36)', () => {
  test.each(Object.keys(hostilities))(
    '%s: memory stays bounded, tries are spaced, and all mail is there once it behaves',
    async (what) => {
      let bad = what.includes('negative') ? 1 : 2
      const server = await imitate('qresync', {
        script: (command, session) => bad > 0 && (hostilities[what]?.(command, session) ?? false) && ((bad -= 1), true),
      })
      for (let n = 0; n < 10; n++) server.mail.add('INBOX', letter(`m${n}`))
      const before = process.memoryUsage().rss
      const { store } = follow(server)
      await until(
        () => store.progress?.state === 'idle' && store.folder('INBOX').messages.size === 10,
        `in step in spite of ${what}`,
      )
      expect(store.folder('INBOX')).toMatchObject({ serverCount: 10, missing: 0 })
      expect(process.memoryUsage().rss - before).toBeLessThan(400 * 1024 * 1024)
      expect(server.seen.connections).toBeLessThan(12)
    },
  )

  test('lines that nobody asked for change nothing here', async () => {
    let tricks = 2
    const server = await imitate('qresync', {
      script: ({ name }, session) => {
        if (name === 'UID FETCH' && tricks-- > 0)
          session.send(
            '* 3 FETCH (UID 4000000000 FLAGS (\\Deleted))\r\n* -2 FETCH (FLAGS ())\r\n* 999 FETCH (UID 70 FLAGS (\\Seen) BODY[] "x")\r\n* VANISHED 5000:4294967295\r\n* 77 EXPUNGE\r\n* 0 EXPUNGE\r\n* -1 EXISTS\r\n* FLAGS NIL\r\n* OK [UIDNEXT -4] x\r\n* OK [HIGHESTMODSEQ 0] x\r\n',
          )
        return false
      },
    })
    for (let n = 0; n < 10; n++) server.mail.add('INBOX', letter(`m${n}`))
    const { store, sync } = follow(server)
    await untilIdle(store)
    server.mail.add('INBOX', letter('later'))
    sync.wake()
    await until(() => subjects(store, 'INBOX').includes('later'), 'later mail')
    expect(store.folder('INBOX').messages.size).toBe(11)
    expect([...store.folder('INBOX').messages.keys()]).toEqual(Array.from({ length: 11 }, (_, n) => n + 1))
  })

  test('a MODSEQ that goes backwards hides no flag', async () => {
    const server = await imitate('condstore')
    for (let n = 0; n < 5; n++) server.mail.add('INBOX', letter(`m${n}`))
    server.mail.modSeq = 5_000n
    const inbox = server.mail.folder('INBOX')
    for (const { letter: one } of inbox.entries) one.modSeq = 5_000n
    const { store, sync } = follow(server)
    await untilIdle(store)
    expect(store.folder('INBOX').cursor.modSeq).toBe('5000')
    // Restored from a backup of before.
    server.mail.modSeq = 20n
    for (const { letter: one } of inbox.entries) one.modSeq = 12n
    const first = inbox.entries[0]
    if (first) server.mail.setFlags(first.letter, ['\\Seen', '\\Flagged'])
    sync.wake()
    await until(() => store.folder('INBOX').messages.get(1)?.flags.includes('\\Flagged'), 'the flag')
    expect(store.folder('INBOX').cursor.modSeq).toBe('21')
  })

  test('a server that does not know its UIDNEXT does not have its folders fetched anew without end, and new mail comes in', async () => {
    const known = new WeakSet()
    const server = await imitate('qresync', {
      script: (_command, session) => {
        if (known.has(session)) return false
        known.add(session)
        const { send } = session
        session.send = (text) => send(typeof text === 'string' ? text.replace(/UIDNEXT \d+/g, 'UIDNEXT 1') : text)
        return false
      },
    })
    server.mail.create('Orders')
    for (const path of ['INBOX', 'Orders']) for (let n = 0; n < 5; n++) server.mail.add(path, letter(`${path}${n}`))
    const { store, sync } = follow(server)
    await untilIdle(store)
    const looks = (): number =>
      server.seen.commands.filter((said) => said.startsWith('SELECT "Orders"') || said === 'SELECT Orders').length
    const lookAgain = async (): Promise<void> => {
      const before = looks()
      sync.wake()
      await until(() => looks() > before && store.progress?.state === 'idle', 'looked')
    }
    for (let n = 0; n < 3; n++) await lookAgain()
    const { pages } = store
    for (let n = 0; n < 4; n++) await lookAgain()
    expect(store.pages).toBe(pages)
    for (const path of ['INBOX', 'Orders']) server.mail.add(path, letter(`${path}-new`))
    sync.wake()
    for (const path of ['INBOX', 'Orders'])
      await until(() => subjects(store, path).includes(`${path}-new`), `new in ${path}`)
    expect(store.folder('Orders').messages.size).toBe(6)
  })

  test('names of folders that are paths, controls or without end make no folder that breaks the others', async () => {
    const server = await imitate('qresync')
    const names = ['../../etc/passwd', '..', 'a/../b', '&AGE-', 'x'.repeat(5_000), 'C:\\Windows', '&broken', '~']
    for (const name of names) server.mail.create(name)
    server.mail.create('Good')
    server.mail.add('Good', letter('good'))
    server.mail.add('../../etc/passwd', letter('in-odd'))
    const { store } = follow(server)
    await untilIdle(store)
    expect(subjects(store, 'Good')).toEqual(['good'])
    expect(subjects(store, '../../etc/passwd')).toEqual(['in-odd'])
    expect(store.folders.every(({ cursor: { path } }) => path.length <= 1000)).toBe(true)
    // Of the one whose name cannot be kept it is told that its mail is not here.
    expect(store.progress?.leftOut).toBe(1)
  })

  test('a server that empties everything takes no record away', async () => {
    const server = await imitate('qresync')
    for (let n = 0; n < 30; n++) server.mail.add('INBOX', letter(`m${n}`))
    const { store, sync } = follow(server)
    await untilIdle(store)
    server.mail.expunge(
      'INBOX',
      server.mail.folder('INBOX').entries.map(({ uid }) => uid),
    )
    sync.wake()
    await until(
      () => store.folder('INBOX').messages.size === 0 && store.folder('INBOX').serverCount === 0,
      'an empty inbox',
    )
    server.mail.add('INBOX', letter('after'))
    await until(() => subjects(store, 'INBOX').includes('after'), 'mail after')
  })
})

describe('what a failure is', () => {
  test('a server that is full is not taken for a wrong password, and is tried again', async () => {
    const server = await imitate('gmail', { maxConnections: 0 })
    server.mail.add('INBOX', letter('m'))
    const { store } = follow(server)
    await until(() => store.progress?.error?.code === 'server-busy', 'told as busy')
    expect(store.states).not.toContain('auth-failed')
    server.world.maxConnections = 5
    await untilIdle(store)
  })

  test('a refused login is not tried again and again', async () => {
    const server = await imitate('qresync')
    server.world.password = 'another'
    const { store, sync } = follow(server)
    await until(() => store.progress?.state === 'auth-failed', 'told')
    sync.networkChanged()
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    expect(server.seen.logins).toBe(1)
    server.world.password = user.password
    sync.wake()
    await untilIdle(store)
  })

  test('"authenticated but not connected" (Microsoft 365) ends the connection and is not the person’s fault', async () => {
    let times = 2
    const server = await imitate('microsoft365', {
      script: ({ name, tag }, session) => {
        if (name !== 'SELECT' || times === 0) return false
        times -= 1
        session.send(`${tag} BAD User is authenticated but not connected.\r\n`)
        return true
      },
    })
    server.mail.add('INBOX', letter('m'))
    const { store } = follow(server)
    await untilIdle(store)
    expect(store.states).not.toContain('auth-failed')
    expect(store.states).not.toContain('error')
    expect(server.seen.logins).toBe(3)
    // No extension that it does not offer was asked for.
    expect(server.seen.commands.some((command) => /CONDSTORE|QRESYNC|MODSEQ|CHANGEDSINCE/i.test(command))).toBe(false)
  })

  test('a known server that shows another face on another network is told as a network that wants a sign-in, and found again within ten seconds', async () => {
    const certificates = makeCertificates()
    trust(certificates)
    const server = await imitate('qresync', { tls: certificates.good })
    server.mail.add('INBOX', letter('m'))
    const mailbox = mailboxAt(serverAt(server.port, { host: 'localhost', security: 'tls' }))
    const store = new MemoryStore([mailbox])
    const { sync } = follow(server, store, store.port, mailbox)
    await untilIdle(store)
    const logins = server.seen.logins
    server.showCertificate(certificates.wrongHost)
    sync.networkChanged()
    server.dropAll()
    await until(() => store.progress?.error?.code === 'network-intercepted', 'told')
    expect(store.progress?.state).toBe('offline')
    expect(server.seen.logins).toBe(logins)
    server.showCertificate(certificates.good)
    const from = Date.now()
    await untilIdle(store)
    expect(Date.now() - from).toBeLessThan(10_000)
    rmSync(certificates.dir, { recursive: true, force: true })
  })

  test('a mailbox is not left alone for an hour because a sign-in page took the encryption out of its server’s words', async () => {
    const server = await imitate('qresync')
    server.mail.add('INBOX', letter('m'))
    const { store, sync, stop } = follow(server)
    await untilIdle(store)
    const { caps } = server.world
    const logins = server.seen.logins
    const portal = 'IMAP4rev1 LOGINDISABLED'
    const home = async (running: typeof sync): Promise<void> => {
      server.world.caps = caps
      running.networkChanged()
      const from = Date.now()
      await untilIdle(store)
      expect(Date.now() - from).toBeLessThan(10_000)
    }
    server.world.caps = portal
    sync.networkChanged()
    server.dropAll()
    await until(() => store.progress?.error?.code === 'network-intercepted', 'told')
    await home(sync)
    // Started there: nothing is known of a change of network.
    await stop()
    server.world.caps = portal
    const { sync: again } = follow(server, store)
    await until(() => store.progress?.error?.code === 'plaintext-refused', 'told')
    expect(server.seen.logins).toBe(logins + 1)
    await home(again)
  })

  test('after sleep a connection that is dead without knowing is replaced within ten seconds', async () => {
    let dead = false
    const server = await imitate('qresync', { script: (_command, session) => dead && session.id <= first })
    server.mail.add('INBOX', letter('m'))
    const { store, sync } = follow(server)
    await untilIdle(store)
    const first = server.seen.connections
    dead = true
    server.mail.listeners.clear()
    server.mail.add('INBOX', letter('meanwhile'))
    const from = Date.now()
    sync.networkChanged()
    await until(() => subjects(store, 'INBOX').includes('meanwhile'), 'what came meanwhile')
    expect(Date.now() - from).toBeLessThan(10_000)
  })

  test('a connection that is being made when the network goes or changes, and leads nowhere, does not hold up the next', async () => {
    const server = await imitate('qresync', { script: (_command, session) => session.id <= 2 })
    const { store, sync } = follow(server)
    const tried = (times: number) => until(() => server.seen.connections === times, `try ${times}`)
    await tried(1)
    sync.networkLost()
    await until(() => store.progress?.state === 'offline', 'told', 10_000)
    await tried(2)
    const from = Date.now()
    sync.networkChanged()
    await untilIdle(store)
    expect(Date.now() - from).toBeLessThan(10_000)
  })

  test.each(['IDLE', 'NOTIFY'])(
    'a server that ends each connection as soon as all is in step, at %s, is not come back to at the same pace for ever',
    async (when) => {
      const server = await imitate('qresync', {
        caps: `${capabilities.qresync} NOTIFY`,
        script: ({ name, tag }, session) => {
          if (name === 'NOTIFY' && when === 'IDLE') session.send(`${tag} NO not now\r\n`)
          else if (name === when) {
            session.send('* 3 EXISTS\r\n')
            session.close()
          } else return false
          return true
        },
      })
      server.mail.add('INBOX', letter('m'))
      const mailbox = mailboxAt(serverAt(server.port))
      const store = new MemoryStore([mailbox])
      follow(server, store, store.port, mailbox, new Backoff(200, 60_000))
      await until(() => server.seen.connections > 1, 'come again')
      await new Promise((resolve) => setTimeout(resolve, 7_000))
      expect(server.seen.connections).toBeLessThan(9)
      expect(subjects(store, 'INBOX')).toEqual(['m'])
    },
  )

  test('a store that cannot write (R50) is told by its name, and the sync goes on where it was', async () => {
    const server = await imitate('qresync')
    for (let n = 0; n < 50; n++) server.mail.add('INBOX', letter(`m${n}`))
    const store = new MemoryStore([mailboxAt(serverAt(server.port))])
    let full = true
    store.beforePage = () => {
      if (full) throw new PosternError('disk-full')
    }
    follow(server, store)
    await until(() => store.progress?.error?.code === 'disk-full', 'told')
    full = false
    await untilIdle(store)
    expect(store.folder('INBOX').messages.size).toBe(50)
  })
})

test('tries are spread: two laptops do not come back in step', () => {
  const first = new Backoff(1_000, 300_000, () => 0)
  const last = new Backoff(1_000, 300_000, () => 1)
  const waits = Array.from({ length: 10 }, () => [first.next(), last.next()])
  expect(waits.every(([low = 0, high = 0]) => high === 2 * low)).toBe(true)
  expect(waits.at(-1)).toEqual([150_000, 300_000])
})
