import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Importer } from '../../../src-main/mail/import/importer'
import { Refusals } from '../../../src-main/mail/sync/refusals'
import { putMoved } from '../../../src-main/mail/sync/mailbox-moves'
import { mboxEntry } from '../../../src-main/shared/mbox'
import { startDovecot } from '../../servers/dovecot.mjs'
import { inlineParser, seedMaildir, user, waitFor } from '../harness'
import { RealStore } from '../real-store'
import { tempFolder } from '../../servers/process.mjs'

const letter = (n: number): Buffer =>
  Buffer.from(
    `From: p${n}@x.test\r\nTo: ${user.name}\r\nSubject: Old ${n}\r\nMessage-ID: <old${n}@x.test>\r\nDate: Tue, ${10 + n} Mar 2015 09:05:01 +0000\r\n\r\ntext ${n}\r\n`,
  )

test('imported mail is put into the archive on the server once, with its dates, and neither here twice nor reopened by it', async () => {
  const dir = tempFolder('import')
  const dovecot = await startDovecot({ users: [user] })
  seedMaildir(dovecot.maildirOf(user.name), [
    // There already: in an archive of before, and in the inbox.
    { raw: letter(1), folder: 'Archive', flags: ['\\Seen'] },
    { raw: letter(2), folder: 'INBOX', flags: ['\\Seen'] },
  ])
  const store = await RealStore.make(dovecot.port)
  const { harness, mailbox } = store
  const importer = new Importer(inlineParser)
  const sync = store.follow()
  try {
    await store.untilIdle()
    importer.connectStore(harness.mail)
    writeFileSync(
      join(dir, 'old.mbox'),
      Buffer.concat([1, 2, 3, 4].map((n) => mboxEntry(letter(n), 'a@x', Date.UTC(2016, 0, n)))),
    )
    const transfer = async () => (await harness.call('transfers.list', {})).transfers[0]
    await harness.app.call('transfer.import', {
      paths: [join(dir, 'old.mbox')],
      name: 'old',
      target: { kind: 'server', mailboxId: mailbox.id },
    })
    importer.wake()
    await waitFor(async () => (await transfer())?.state === 'done')
    expect(await transfer()).toMatchObject({ messages: 2, duplicates: 2, waiting: 2 })
    // A crash after one was put there and before that was noted: it is not put there twice.
    await sync.withActsSession(async (session) => {
      await session.append('Archive', letter(3), ['\\Seen'], new Date(Date.UTC(2015, 2, 13, 9, 5, 1)))
    })
    await putMoved(mailbox.id, harness.mail, sync, { stopped: false, later: () => 0 }, new Refusals())
    const onServer = (): string[] =>
      dovecot
        .doveadm('-f', 'tab', 'fetch', '-u', user.name, 'hdr.subject date.received', 'mailbox', 'Archive')
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => line.replace('\t', ' ').slice(0, 'Old 3 2015-03-13'.length))
        .toSorted()
    await waitFor(() => onServer().length === 3)
    expect(onServer().slice(1)).toEqual(['Old 3 2015-03-13', 'Old 4 2015-03-14'])
    const places = (): unknown[] =>
      store.db.read.all(
        'SELECT m.subject, f.path FROM locations l JOIN folders f ON f.id = l.folder_id JOIN messages m ON m.id = l.message_id ORDER BY 1',
      )
    await waitFor(() => !JSON.stringify(places()).includes('Imported mail'), { what: () => JSON.stringify(places()) })
    expect(places()).toEqual([
      { subject: 'Old 1', path: 'Archive' },
      { subject: 'Old 2', path: 'INBOX' },
      { subject: 'Old 3', path: 'Archive' },
      { subject: 'Old 4', path: 'Archive' },
    ])
    expect(store.db.read.get('SELECT count(*) AS n FROM folders WHERE local = 1')).toEqual({ n: 0 })
    expect(await transfer()).toMatchObject({ waiting: 0 })
    expect(store.db.read.get('SELECT count(*) AS n FROM mailbox_moves')).toEqual({ n: 0 })
    // Nothing of it wants an answer.
    const open = await harness.list()
    expect(open.map(({ subject }) => subject).filter((subject) => /[34]/.test(subject))).toEqual([])
  } finally {
    await importer.stop()
    await sync.stop()
    await store.close()
    await dovecot.stop()
    rmSync(dir, { recursive: true, force: true })
  }
})

test('an import that is cancelled puts nothing more on the server, and keeps here what came in', async () => {
  const dir = tempFolder('import')
  const store = await RealStore.make(1)
  const importer = new Importer(inlineParser)
  try {
    const { harness, mailbox } = store
    importer.connectStore(harness.mail)
    writeFileSync(join(dir, 'one.eml'), letter(1))
    const { id } = await harness.app.call('transfer.import', {
      paths: [join(dir, 'one.eml')],
      name: 'one',
      target: { kind: 'server', mailboxId: mailbox.id },
    })
    importer.wake()
    const transfer = async () => (await harness.call('transfers.list', {})).transfers[0]
    await waitFor(async () => (await transfer())?.waiting === 1)
    await harness.call('transfers.cancel', { id })
    expect(await transfer()).toMatchObject({ waiting: 0, messages: 1 })
    expect((await harness.mail.call('moves.next', { mailboxId: mailbox.id })).move).toBeNull()
    expect(store.db.read.get('SELECT count(*) AS n FROM locations')).toEqual({ n: 1 })
    // Once more, and it is known: it goes now.
    await harness.app.call('transfer.import', {
      paths: [join(dir, 'one.eml')],
      name: 'one',
      target: { kind: 'server', mailboxId: mailbox.id },
    })
    importer.wake()
    await waitFor(async () => (await transfer())?.state === 'done' && (await transfer())?.waiting === 1)
    expect((await harness.mail.call('moves.next', { mailboxId: mailbox.id })).move).toMatchObject({ role: 'archive' })
  } finally {
    await importer.stop()
    await store.close()
    rmSync(dir, { recursive: true, force: true })
  }
})
