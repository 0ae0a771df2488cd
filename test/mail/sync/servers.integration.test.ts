import { describe, expect, test } from 'vitest'
import { mailboxAt, serverAt, untilIdle } from '../harness'
import { MemoryStore } from '../memory-store'
import { capabilities } from '../../servers/imap-imitation.mjs'
import { follow, imitate, letter, subjects, until } from './imitation'

describe.each(['bare', 'condstore', 'qresync', 'microsoft365'] as const)('a server of the kind %s', (kind) => {
  test('new mail, flags, deletions, moves: nothing is missed and nothing stays that is gone', async () => {
    const server = await imitate(kind)
    const archive = server.mail.create('Archive')
    for (let n = 0; n < 40; n++) server.mail.add('INBOX', letter(`m${n}`))
    const { store, sync } = follow(server)
    await untilIdle(store)
    const inbox = server.mail.folder('INBOX')
    const entry = (uid: number) => server.mail.entryOf(inbox, inbox.entries.find((one) => one.uid === uid)?.letter)
    server.mail.setFlags(entry(7).letter, ['\\Seen', '\\Flagged'])
    server.mail.expunge('INBOX', [3, 20])
    server.mail.move('INBOX', [9], 'Archive')
    server.mail.add('INBOX', letter('late'))
    sync.wake()
    const same = (): boolean =>
      JSON.stringify(subjects(store, 'INBOX')) ===
      JSON.stringify(
        inbox.entries.map(({ letter: { raw } }) => /Subject: (\S+)/.exec(raw.toString())?.[1] ?? '').toSorted(),
      )
    await until(() => same() && store.folder('Archive').messages.size === archive.entries.length, `${kind} in step`)
    expect(store.folder('INBOX').messages.get(7)?.flags.toSorted()).toEqual(['\\Flagged', '\\Seen'])
    expect(store.folder('INBOX')).toMatchObject({ serverCount: 38, missing: 0 })
    // At rest one connection is enough, whatever was needed before.
    await until(() => server.open() === 1, 'one connection at rest')
  })

  test('a UIDNEXT that fell under an unchanged UIDVALIDITY puts no old body under a new message (R35, R36)', async () => {
    const server = await imitate(kind)
    const orders = server.mail.create('Orders')
    for (let n = 0; n < 5; n++) server.mail.add('Orders', letter(`old${n}`))
    const { store, sync } = follow(server)
    await untilIdle(store)
    orders.entries = []
    orders.gone = []
    orders.uidNext = 1
    server.mail.add('Orders', letter('new0'))
    server.mail.add('Orders', letter('new1'))
    sync.wake()
    await until(() => store.folder('Orders').messages.size === 2, 'the folder anew')
    expect(subjects(store, 'Orders')).toEqual(['new0', 'new1'])
  })
})

test.each(['gmail', 'microsoft365', 'bare'] as const)(
  'nothing that grows with the mailbox is asked or answered before its first page (%s)',
  async (kind) => {
    const untilFirstPage = async (count: number) => {
      const server = await imitate(kind)
      const inbox = kind === 'gmail' ? '[Gmail]/All Mail' : 'INBOX'
      for (let n = 0; n < count; n++) server.mail.add(inbox, letter(`m${n}`))
      const store = new MemoryStore([mailboxAt(serverAt(server.port))])
      let asked: string[] = []
      store.beforePage = () => {
        if (store.pages === 0) asked = [...server.seen.commands]
      }
      const { stop } = follow(server, store)
      await untilIdle(store)
      await stop()
      expect(store.folder(inbox).messages.size).toBe(count)
      return asked
    }
    const small = await untilFirstPage(100)
    // Numbers are places and UIDs of the newest messages: how many there are and how wide they reach is the same.
    const shape = (commands: readonly string[]): string[] => commands.map((one) => one.replaceAll(/\d+/g, '#'))
    expect(shape(await untilFirstPage(1500))).toEqual(shape(small))
    expect(small.filter((one) => /STATUS|NOOP|SEARCH.* ALL$|\b1:\*/.test(one))).toEqual([])
    // Who made the library is nobody's business (R42).
    for (const one of small.filter((command) => command.startsWith('ID '))) expect(one).toBe('ID ("name" "Postern")')
    expect(small.some((one) => /^UID FETCH \d+:\d+ /.test(one))).toBe(true)
  },
)

test('a look for answers does not end while an answer that the sync found is still on its way into the store', async () => {
  const server = await imitate('qresync')
  server.mail.create('Sent', '\\Sent')
  server.mail.add('Sent', letter('before'))
  const { store, sync } = follow(server)
  await untilIdle(store)
  let letThrough = (): void => undefined
  let held = false
  store.beforePage = async () => {
    held = true
    await new Promise<void>((resolve) => (letThrough = resolve))
  }
  server.mail.add('Sent', letter('answer'))
  sync.wake()
  await until(() => held, 'the page before the store')
  let seen: string[] | null = null
  const look = sync.seeAnswers().then(() => (seen = subjects(store, 'Sent')))
  // Long enough for a look that has nothing to wait for.
  await new Promise((resolve) => setTimeout(resolve, 500))
  expect(seen).toBeNull()
  store.beforePage = null
  letThrough()
  await look
  expect(seen).toEqual(['answer', 'before'])
})

test('the ledger names what a server will not hand out, and takes it in when it does', async () => {
  let withheld = true
  const server = await imitate('qresync', {
    script: ({ tag, name, args }, session) => {
      const uids = /^(\d+)(?::(\d+))? .*BODY/.exec(args)
      if (!withheld || name !== 'UID FETCH' || !uids || Number(uids[1]) > 5 || Number(uids[2] ?? uids[1]) < 5)
        return false
      session.send(`${tag} NO The specified message could not be retrieved\r\n`)
      return true
    },
  })
  for (let n = 1; n <= 12; n++) server.mail.add('INBOX', letter(`m${n}`))
  const { store, sync } = follow(server)
  await untilIdle(store)
  expect(store.folder('INBOX').messages.size).toBe(11)
  expect(store.folder('INBOX')).toMatchObject({ serverCount: 12, missing: 1 })
  expect(store.folder('INBOX').cursor.complete).toBe(true)
  // Later mail does not wait for it, and a server that refuses is not hammered.
  const asked = (): number => server.seen.commands.filter((command) => /^UID FETCH 5 .*BODY/.test(command)).length
  const before = asked()
  server.mail.add('INBOX', letter('m13'))
  await until(() => subjects(store, 'INBOX').includes('m13'), 'later mail')
  expect(asked()).toBe(before)
  withheld = false
  // A person who asks does not wait.
  sync.wake()
  await until(() => store.folder('INBOX').messages.size === 13 && store.folder('INBOX').missing === 0, 'all of it')
})

test('a message that breaks every connection does not keep the rest away (R36)', async () => {
  const server = await imitate('qresync', {
    script: ({ name, args }, session) => {
      const uids = /^(\d+)(?::(\d+))? .*BODY/.exec(args)
      if (name !== 'UID FETCH' || !uids || Number(uids[1]) > 8 || Number(uids[2] ?? uids[1]) < 8) return false
      session.close()
      return true
    },
  })
  for (let n = 1; n <= 20; n++) server.mail.add('INBOX', letter(`m${n}`))
  const { store } = follow(server)
  await until(() => store.folders[0]?.messages.size === 19 && store.progress?.state === 'idle', 'all but the one')
  expect(store.folder('INBOX')).toMatchObject({ serverCount: 20, missing: 1 })
})

describe('folders', () => {
  test('a server is not asked again and again for a message that vanished', async () => {
    const server = await imitate('qresync')
    for (let n = 0; n < 10; n++) server.mail.add('INBOX', letter(`m${n}`))
    const { store } = follow(server)
    await untilIdle(store)
    server.mail.expunge('INBOX', [3])
    await until(() => store.folder('INBOX').messages.size === 9, 'gone here too')
    await new Promise((resolve) => setTimeout(resolve, 500))
    const before = server.seen.commands.length
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    expect(server.seen.commands.slice(before).filter((said) => said !== 'IDLE')).toEqual([])
  })

  test('a renamed folder is not fetched again', async () => {
    const server = await imitate('qresync')
    server.mail.create('Orders')
    for (let n = 0; n < 30; n++) server.mail.add('Orders', letter(`m${n}`))
    const { store, sync } = follow(server)
    await untilIdle(store)
    const before = store.folder('Orders').cursor.folderId
    const pages = store.pages
    server.mail.rename('Orders', 'Orders 2026')
    sync.wake()
    await until(() => store.folders.some(({ cursor }) => cursor.path === 'Orders 2026'), 'the new name')
    expect(store.folder('Orders 2026').cursor.folderId).toBe(before)
    expect(store.folder('Orders 2026').messages.size).toBe(30)
    expect(store.pages).toBe(pages)
  })

  test('a new folder that only has the UIDs of a deleted one is not taken for it (R35)', async () => {
    const server = await imitate('condstore')
    const { uidValidity } = server.mail.create('Orders')
    for (let n = 0; n < 5; n++) server.mail.add('Orders', letter(`old${n}`))
    const { store, sync } = follow(server)
    await untilIdle(store)
    server.mail.folders.delete('Orders')
    server.mail.create('Returns').uidValidity = uidValidity
    for (let n = 0; n < 6; n++) server.mail.add('Returns', letter(`new${n}`))
    sync.wake()
    await until(
      () => store.folders.some(({ cursor, messages }) => cursor.path === 'Returns' && messages.size === 6),
      'the other folder',
    )
    expect(subjects(store, 'Returns').every((subject) => subject.startsWith('new'))).toBe(true)
    expect(store.folders.some(({ cursor }) => cursor.path === 'Orders')).toBe(false)
  })

  test('a folder that the server will not open holds up none of the others', async () => {
    const server = await imitate('microsoft365', {
      script: ({ tag, name, args }, session) => {
        if (name !== 'SELECT' || !args.includes('Closed')) return false
        session.send(`${tag} NO SELECT failed, access denied\r\n`)
        return true
      },
    })
    server.mail.create('Closed')
    server.mail.create('Later')
    for (const path of ['INBOX', 'Closed', 'Later']) server.mail.add(path, letter(`in-${path}`))
    const { store } = follow(server)
    await untilIdle(store)
    expect(subjects(store, 'Later')).toEqual(['in-Later'])
  })

  test.each(['', '[UNAVAILABLE] '])(
    'an inbox that the server will not open (NO %s) holds up none of the others, and is there once it does',
    async (code) => {
      let shut = true
      let opened = 0
      const server = await imitate('qresync', {
        script: ({ tag, name, args }, session) => {
          if (name !== 'SELECT' || !args.includes('INBOX') || !shut) return false
          opened += 1
          session.send(`${tag} NO ${code}it cannot be opened\r\n`)
          return true
        },
      })
      server.mail.create('Later')
      for (const path of ['INBOX', 'Later']) server.mail.add(path, letter(`in-${path}`))
      const { store } = follow(server)
      await untilIdle(store)
      expect(subjects(store, 'Later')).toEqual(['in-Later'])
      expect(store.progress?.refused).toContain(store.folder('INBOX').cursor.folderId)
      // And it is not asked for again and again.
      await new Promise((resolve) => setTimeout(resolve, 2_000))
      expect(opened).toBeLessThan(20)
      const { connections } = server.seen
      shut = false
      await until(() => subjects(store, 'INBOX').length === 1, 'what lay in it', 10_000)
      expect(server.seen.connections).toBe(connections)
      server.mail.add('INBOX', letter('new'))
      await until(() => subjects(store, 'INBOX').length === 2, 'new mail', 5_000)
    },
  )

  test('a server that offers to tell of all folders and then will not is looked at as any other (NOTIFY)', async () => {
    let asked = 0
    const server = await imitate('qresync', {
      caps: `${capabilities.qresync} NOTIFY`,
      script: ({ tag, name }, session) => {
        if (name !== 'NOTIFY') return false
        asked += 1
        session.send(`${tag} NO [BADEVENT (MessageNew)] not this one\r\n`)
        return true
      },
    })
    server.mail.create('Orders')
    server.mail.add('INBOX', letter('first'))
    const { store, sync } = follow(server)
    await untilIdle(store)
    await until(() => asked === 1, 'asked')
    server.mail.add('INBOX', letter('second'))
    await until(() => subjects(store, 'INBOX').length === 2, 'IDLE goes on')
    server.mail.add('Orders', letter('third'))
    sync.wake()
    await until(() => subjects(store, 'Orders').length === 1, 'looked at')
    expect(asked).toBe(1)
  })

  test('a list that lacks INBOX takes no mail out of its folders (R36)', async () => {
    let empty = false
    const server = await imitate('qresync', {
      script: ({ tag, name }, session) => {
        if (!empty || name !== 'LIST') return false
        session.send(`${tag} OK nothing\r\n`)
        return true
      },
    })
    server.mail.add('INBOX', letter('kept'))
    const { store, sync } = follow(server)
    await untilIdle(store)
    empty = true
    sync.wake()
    await until(() => store.progress?.state === 'error', 'told')
    expect(store.progress?.error?.code).toBe('server-broken')
    expect(subjects(store, 'INBOX')).toEqual(['kept'])
  })
})

test('what a server would not hand out and somebody has deleted since is not called missing any more', async () => {
  const server = await imitate('qresync', {
    script: ({ tag, name, args }, session) => {
      const uids = /^(\d+)(?::(\d+))? .*BODY/.exec(args)
      if (name !== 'UID FETCH' || !uids || Number(uids[1]) > 5 || Number(uids[2] ?? uids[1]) < 5) return false
      session.send(`${tag} NO The specified message could not be retrieved\r\n`)
      return true
    },
  })
  for (let n = 1; n <= 12; n++) server.mail.add('INBOX', letter(`m${n}`))
  const { store } = follow(server)
  await untilIdle(store)
  expect(store.folder('INBOX')).toMatchObject({ serverCount: 12, missing: 1 })
  server.mail.expunge('INBOX', [5])
  await until(() => store.folder('INBOX').serverCount === 11, 'a look')
  await new Promise((resolve) => setTimeout(resolve, 500))
  expect(store.folder('INBOX')).toMatchObject({ serverCount: 11, missing: 0 })
})

test.each(['bare', 'qresync'] as const)(
  'mail of a folder that was made anew under its old UIDVALIDITY, and holds more now, is not taken for what lay there before (%s, R35)',
  async (kind) => {
    const server = await imitate(kind)
    const validity = server.mail.create('Orders').uidValidity
    for (let n = 1; n <= 5; n++) server.mail.add('Orders', letter(`old${n}`))
    const { store, stop } = follow(server)
    await untilIdle(store)
    await stop()
    server.mail.folders.delete('Orders')
    server.mail.create('Orders').uidValidity = validity
    const anew = Array.from({ length: 8 }, (_, n) => `new${n + 1}`)
    for (const one of anew) server.mail.add('Orders', letter(one))
    store.progress = null
    follow(server, store)
    await untilIdle(store)
    expect(subjects(store, 'Orders')).toEqual(anew)
  },
)
