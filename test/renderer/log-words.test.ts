import { expect, test } from 'vitest'
import { calls, supportTable } from '../../src-preload/contract/calls'
import { actWords, triedWords } from '../../src-renderer/text/log-words'
import { shortName } from '../../src-renderer/text/lists'

test('no call that a session was refused is told by its name in the program', () => {
  for (const name of [...Object.keys(calls), ...Object.keys(supportTable)]) {
    expect(triedWords(name), name).toMatch(/^Tried (?!something)/)
    expect(triedWords(name), name).not.toContain('.')
  }
  expect(triedWords('messages.source')).toBe('Tried to read the source of a message')
  expect(triedWords('toString')).toBe('Tried something that Postern does not know: toString')
  expect(triedWords('')).toMatch(/^Tried something/)
})

test('a list without a number of its own is not told as number 0', () => {
  const entry = {
    seq: 1,
    at: 0,
    hash: '',
    who: { kind: 'support' as const, name: 'Idris' },
    act: 'look-list' as const,
    grant: 1,
    number: null,
    detail: {},
    device: '',
    deviceName: '',
  }
  for (const kind of ['mailboxes', 'people', 'tags'])
    expect(actWords({ ...entry, object: { kind, id: 0 } })).toMatch(/^Opened the list of /)
  expect(actWords({ ...entry, object: { kind: 'view', id: 'inbox' } })).toBe('Opened the list inbox')
})

test('two colleagues with one first name are never called by it alone', () => {
  const team = ['Mei Tan', 'Mei Okafor', 'Bo Lindqvist']
  expect(team.map((name) => shortName(name, team))).toEqual(['Mei Tan', 'Mei Okafor', 'Bo'])
  expect(shortName('', team)).toBe('')
})
