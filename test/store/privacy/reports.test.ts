import { afterEach, beforeEach, expect, test } from 'vitest'
import { permissionsOf } from '../../../src-preload/contract/roles'
import { setLogSink } from '../../../src-main/shared/log'
import { Timings } from '../../../src-main/store/timings'
import { PosternError } from '../../../src-preload/contract/errors'
import { codeOf, Harness } from '../helpers'
import { grant, signIn } from '../support'

let store: Harness
beforeEach(async () => {
  store = await Harness.make()
})
afterEach(() => store.stop())
const report = async (): Promise<string> => (await store.app.call('report.text', {})).text

test('nothing is measured until an admin switches it on, and off forgets what was measured', async () => {
  expect((await store.call('reports.state', {})).on).toBe(false)
  await store.call('mailboxes.list', {})
  expect(await report()).not.toContain('mailboxes.list')
  await store.call('reports.switch', { on: true })
  await store.call('mailboxes.list', {})
  expect(await report()).toMatch(/mailboxes\.list 1, /)
  await store.call('reports.switch', { on: false })
  expect(await report()).not.toContain('mailboxes.list')
  expect((await store.call('accessLog.list', {})).entries.filter(({ act }) => act === 'setting-changed')).toHaveLength(
    2,
  )
})

test('an agent who is no admin cannot switch it on, nor can a crafted change of settings', async () => {
  expect(permissionsOf('agent', []).has('diagnostics')).toBe(false)
  expect(permissionsOf('light', []).has('diagnostics')).toBe(false)
  expect(permissionsOf('admin', []).has('diagnostics')).toBe(true)
  await codeOf(store.call('settings.set', { troubleshooting: true } as never))
  expect((await store.call('reports.state', {})).on).toBe(false)
})

test('policy keeps it off, whatever was set before', async () => {
  await store.call('reports.switch', { on: true })
  await store.app.call('policy.set', {
    source: 'x',
    managedBy: 'IT',
    locked: ['diagnostics', 'supportAddress'],
    faults: [],
    policy: { diagnostics: 'off', supportAddress: 'it@northwind.test' },
  })
  expect(await store.call('reports.state', {})).toMatchObject({
    on: false,
    managed: true,
    supportAddress: 'it@northwind.test',
    addressManaged: true,
  })
  expect(await codeOf(store.call('reports.switch', { on: true }))).toBe('not-allowed')
})

test('no address, subject, text, name or token is in a report or in a line of the log, at any level (R59)', async () => {
  const lines: string[] = []
  setLogSink((line) => void lines.push(JSON.stringify(line)), 'debug')
  try {
    await store.call('reports.switch', { on: true })
    const { folders } = await store.mailbox('canaryaddress@acme.test')
    await store.put(folders['INBOX'] ?? 0, {
      from: 'Canary Person <canaryfrom@cycle.test>',
      subject: 'canarysubject',
      text: 'canarytext',
      files: [{ name: 'canaryfile.pdf' }],
    })
    const [{ id } = { id: 0 }] = await store.list()
    await store.call('conversations.get', { id })
    await store.call('notes.add', { conversationId: id, text: 'canarynote' })
    await store.call('search.query', { text: 'canarytext' })
    const draft = await store.call('drafts.start', { kind: 'reply', conversationId: id, messageId: null })
    const { mailboxId, from, signed, to, cc, bcc, quote } = draft
    await store.call('drafts.save', {
      id: draft.id,
      mailboxId,
      from,
      signed,
      to,
      cc,
      bcc,
      quote,
      subject: 'canarysubject',
      html: '<p>canaryreply</p>',
      text: 'canaryreply',
    })
    await codeOf(store.call('conversations.get', { id: 'canaryid' } as never))
    store.parts = () => {
      throw new PosternError('unreadable', 'part', { host: 'x' })
    }
    await grant(store)
    const session = await signIn(store)
    await session.ask('conversations.get', { id })
    await codeOf(session.askAnything('settings.set', { agentName: 'canaryname' }))
    const text = await report()
    expect(text).toMatch(/conversations\.get/)
    expect(text.toLowerCase()).not.toMatch(/canary|acme\.test|cycle\.test|idris|@/)
    expect(lines.length).toBeGreaterThan(5)
    expect(lines.join('\n').toLowerCase()).not.toMatch(/canary|acme\.test|cycle\.test|idris|@cycle/)
  } finally {
    setLogSink(() => undefined)
  }
})

test('a call that is asked for ever takes no more memory', () => {
  const timings = new Timings()
  timings.switch(true)
  for (let n = 0; n < 5000; n++) timings.note('x', n)
  expect(timings.lines()[1]).toMatch(/^ {2}x 5000, 4500\.0, 4950\.0, 4999\.0$/)
})
