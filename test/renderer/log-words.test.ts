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

test('a list without a number of its own is not told as number 0', () => {
  for (const kind of ['mailboxes', 'people', 'tags'])
    expect(actWords({ ...entry, object: { kind, id: 0 } })).toMatch(/^Opened the list of /)
  expect(actWords({ ...entry, object: { kind: 'view', id: 'inbox' } })).toBe('Opened the list “Inbox”')
})

test('the log does not tell an unlocking, or what somebody may do in the team, by its name in the program', () => {
  const told = (act: Parameters<typeof actWords>[0]['act'], detail: Parameters<typeof actWords>[0]['detail']) =>
    actWords({ ...entry, act, object: null, detail })
  expect(told('unlocked', { by: 'passphrase', refused: 0 })).toBe('Unlocked with the passphrase')
  expect(told('unlocked', { by: 'passphrase', refused: 1 })).toBe('Unlocked with the passphrase after 1 wrong one')
  expect(told('unlocked', { by: 'system', refused: 2 })).toBe(
    'Unlocked by this computer’s own check after 2 wrong passphrases',
  )
  expect(told('member-left', { name: 'Ben', role: 'agent' })).toBe('Ben was taken out of the team')
  expect(told('member-joined', { name: 'Ben', role: 'light' })).toBe('Ben came into the team as Light user')
  expect(told('role-changed', { name: 'Ben', role: 'agent', permissions: 'support-access, of-a-newer-one' })).toBe(
    'Ben is Agent now and may: Grant support access',
  )
})

test('the log does not count one as many, nor name an ended grant by a number that stands nowhere else', () => {
  const told = (act: Parameters<typeof actWords>[0]['act'], detail: Parameters<typeof actWords>[0]['detail']) =>
    actWords({ ...entry, act, object: null, detail })
  expect(told('look-search', { results: 1 })).toBe('Searched, 1 result')
  expect(told('look-search', { results: 0 })).toBe('Searched, 0 results')
  expect(told('revoked', { why: 'revoked', to: 'Idris' })).toBe('Revoked the access of Idris')
  expect(told('grant-ended', { why: 'ended', to: 'Idris' })).toBe('Access of Idris ended')
  expect(told('revoked', { why: 'revoked' })).toBe('Revoked grant 1')
  const endsAt = new Date(2026, 10, 27, 10, 30).getTime()
  expect(told('granted', { to: 'Idris', scope: 'full', endsAt })).toContain('10:30')
})

test('two colleagues with one first name are never called by it alone', () => {
  const team = ['Mei Tan', 'Mei Okafor', 'Bo Lindqvist']
  expect(team.map((name) => shortName(name, team))).toEqual(['Mei Tan', 'Mei Okafor', 'Bo'])
  expect(shortName('', team)).toBe('')
})

test('an export of mail is not called one of the log', () => {
  const told = (kind: string) =>
    actWords({ ...entry, act: 'exported', object: { kind, id: 1 }, detail: { messages: 1200, format: 'mbox' } })
  expect(told('mailbox')).toBe('Exported 1,200 messages of a mailbox')
  expect(told('folder')).toBe('Exported 1,200 messages of a folder')
  expect(told('conversations')).toBe('Exported 1,200 messages of chosen conversations')
  expect(told('access-log')).toBe('Exported the access log')
})
