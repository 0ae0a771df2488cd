import { createElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { expect, test } from 'vitest'
import { Trouble, type TeamState } from '../../src-preload/contract/calls/team'
import { TeamTrouble } from '../../src-renderer/settings/team-trouble'

const device = 'a'.repeat(32)
/** One of each kind; what is missing here is found by the first test. */
const each: readonly Trouble[] = [
  { kind: 'held', member: 'm', name: 'Bo', events: 3, notes: 1 },
  { kind: 'forked', device, name: 'Bo' },
  { kind: 'gap', device, name: 'Bo', missing: 4, asked: false },
  { kind: 'gap', device, name: 'Bo', missing: 1, asked: true },
  { kind: 'refused', reason: 'false-signature', count: 2 },
  { kind: 'refused', reason: 'a reason of a newer program', count: 1 },
  { kind: 'newer', count: 2 },
  { kind: 'clock', doubt: 'set-back', minutes: 0 },
  { kind: 'clock', doubt: 'server-differs', minutes: 7 },
  { kind: 'link', state: 'delayed', error: { code: 'server-busy', detail: {} } },
  { kind: 'link', state: 'failed', error: null },
  { kind: 'differs' },
  { kind: 'limit', what: 'devices', count: 9, most: 12 },
  { kind: 'limit', what: 'events', count: 8000, most: 10_000 },
  { kind: 'limit', what: 'messages', count: 15_000, most: 20_000 },
  { kind: 'flood', device, name: 'Bo', events: 2100 },
  { kind: 'lost', device, name: 'Bo', tried: null },
  { kind: 'removal', member: 'm', name: 'Bo', tried: null },
  ...(['opens', 'refused', 'neither', 'failed'] as const).map((came): Trouble => ({
    kind: 'removal',
    member: 'm',
    name: 'Bo',
    tried: { at: 1, host: 'mail.example', came, error: came === 'failed' ? { code: 'timeout', detail: {} } : null },
  })),
]
const none = () => undefined
function drawn(trouble: Trouble, membership: TeamState['membership']): { words: string; acts: string[] } {
  const team: TeamState = {
    membership,
    mailboxId: 1,
    you: 'm',
    members: [],
    devices: [],
    invites: [],
    words: null,
    link: 'live',
    carrier: { kind: 'mailbox', url: '' },
    waiting: 0,
    recovering: null,
    summary: null,
    trouble: [trouble],
  }
  const html = renderToStaticMarkup(
    createElement(TeamTrouble, { team, onRetire: none, onCarrier: none, onCloseOff: none }),
  )
  const acts = [...html.matchAll(/<button[^>]*>(.*?)<\/button>/g)].map(([, inner = '']) =>
    inner.replace(/<[^>]*>/g, ''),
  )
  return { words: html.replace(/<button.*?<\/button>/g, '').replace(/<[^>]*>/g, ''), acts }
}

test('no kind of trouble is left out of the tray', () => {
  const kinds = Trouble.options.map(({ shape }) => shape.kind.value)
  expect([...new Set(each.map(({ kind }) => kind))].toSorted()).toEqual(kinds.toSorted())
})

test.each(each)('the trouble $kind is told in plain words, with something to do about it', (trouble) => {
  const { words, acts } = drawn(trouble, 'owner')
  expect(words).toMatch(/^[A-Z0-9].*\S/)
  expect(words).not.toMatch(/\{\{|undefined|trouble[.:]|team[.:]/)
  expect(acts.length).toBeGreaterThan(0)
  expect(acts.every((act) => /^[A-Z]/.test(act))).toBe(true)
  // Who is not the owner reads the same words; nobody is offered what only the owner can do.
  const others = drawn(trouble, 'member')
  expect(others.words).toBe(words)
  expect(acts).toEqual(expect.arrayContaining(others.acts))
})
