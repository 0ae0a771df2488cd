import { expect, test } from 'vitest'
import { ImapSession } from '../../../src-main/mail/sync/imap-session'
import { serverAt, user } from '../harness'
import { imitate, letter } from './imitation'

/** A session on a folder of three messages whose server gives these lines to each UID FETCH that asks for `asks`. */
async function answeredWith(
  asks: string,
  answers: (tag: string, times: number) => string | Buffer,
  kind: 'bare' | 'gmail' = 'bare',
): Promise<ImapSession> {
  let times = 0
  const server = await imitate(kind, {
    script: ({ name, args, tag }, { send }) => {
      if (name !== 'UID FETCH' || !args.includes(asks)) return false
      send(answers(tag, (times += 1)))
      return true
    },
  })
  for (const n of [1, 2, 3]) server.mail.add('INBOX', letter(`m${n}`))
  const session = await ImapSession.open(serverAt(server.port), { user: user.name, password: user.password })
  await session.select('INBOX')
  return session
}

async function sources(session: ImapSession): Promise<[number, string[], number, string][]> {
  const rows: [number, string[], number, string][] = []
  for await (const { uid, flags, internalDate, source } of session.fetchSources([1, 2, 3]))
    rows.push([uid, flags, internalDate, source.toString('latin1')])
  await session.close()
  return rows
}

const at = '"22-Nov-2026 10:00:00 +0100"'
const arrived = Date.UTC(2026, 10, 22, 9)

const shapes: Record<string, string> = {
  'as most servers write it': `* 1 FETCH (UID 1 FLAGS (\\Seen $Forwarded) INTERNALDATE ${at} BODY[] {5}\r\nh\xe9llo)`,
  'in another order': `* 1 FETCH (BODY[] {5}\r\nh\xe9llo INTERNALDATE ${at} FLAGS (\\Seen $Forwarded) UID 1)`,
  'in small letters': `* 1 fetch (uid 1 flags (\\Seen $Forwarded) internaldate ${at} body[] {5}\r\nh\xe9llo)`,
  'with what nobody asked for': `* 1 FETCH (UID 1 MODSEQ (9) EMAILID (M1) RFC822.SIZE 5 FLAGS (\\Seen $Forwarded \\Recent) INTERNALDATE ${at} BODY[] {5}\r\nh\xe9llo)`,
  'with a header beside it': `* 1 FETCH (UID 1 BODY[HEADER] {3}\r\nA:b FLAGS (\\Seen $Forwarded) INTERNALDATE ${at} BODY[] {5}\r\nh\xe9llo)`,
  'with a flag in quotes': `* 1 FETCH (UID 1 FLAGS (\\Seen "$Forwarded") INTERNALDATE ${at} BODY[] {5}\r\nh\xe9llo)`,
  'padded by zeros': `\0\0* 1 FETCH (UID 1 FLAGS (\\Seen $Forwarded) INTERNALDATE ${at} BODY[] {5}\r\nh\xe9llo)`,
}
test.each(Object.entries(shapes))('nothing of a row is lost that is written %s', async (_, line) => {
  const session = await answeredWith('BODY.PEEK[]', (tag) => Buffer.from(`${line}\r\n${tag} OK done\r\n`, 'latin1'))
  expect(await sources(session)).toEqual([[1, ['\\Seen', '$Forwarded'], arrived, 'h\xe9llo']])
})

test('a message is not passed over because the server tells of its flags while it is on its way', async () => {
  const session = await answeredWith('BODY.PEEK[]', (tag) =>
    [
      '* 2 FETCH (UID 2 FLAGS (\\Seen))',
      `* 1 FETCH (UID 1 FLAGS () INTERNALDATE ${at} BODY[] {3}\r\none)`,
      `* 2 FETCH (UID 2 FLAGS (\\Seen) INTERNALDATE ${at} BODY[] "two")`,
      `* 2 FETCH (UID 2 FLAGS () INTERNALDATE ${at} BODY[] {5}\r\nagain)`,
      `* 9 FETCH (UID 9 FLAGS () INTERNALDATE ${at} BODY[] {5}\r\nother)`,
      '* 3 FETCH (UID 3 FLAGS (\\Deleted) BODY[] NIL)',
      `${tag} OK done\r\n`,
    ].join('\r\n'),
  )
  expect(await sources(session)).toEqual([
    [1, [], arrived, 'one'],
    [2, ['\\Seen'], arrived, 'two'],
  ])
})

test('a server that throttles is waited for, and gives no message twice', async () => {
  const session = await answeredWith('BODY.PEEK[]', (tag, times) =>
    times === 1
      ? `* 1 FETCH (UID 1 FLAGS () INTERNALDATE ${at} BODY[] {3}\r\none)\r\n${tag} BAD Request is throttled. Suggested Backoff Time: 50 milliseconds\r\n`
      : `* 2 FETCH (UID 2 FLAGS () INTERNALDATE ${at} BODY[] {3}\r\ntwo)\r\n${tag} OK done\r\n`,
  )
  expect((await sources(session)).map(([uid]) => uid)).toEqual([1, 2])
})

test('what came before the server refused the rest is not lost, and the refusal is told', async () => {
  const session = await answeredWith(
    'BODY.PEEK[]',
    (tag) => `* 1 FETCH (UID 1 FLAGS () INTERNALDATE ${at} BODY[] {3}\r\none)\r\n${tag} NO not that one\r\n`,
  )
  const uids: number[] = []
  const all = async (): Promise<void> => {
    for await (const { uid } of session.fetchSources([1, 2, 3])) uids.push(uid)
  }
  await expect(all()).rejects.toMatchObject({ code: 'server-refused' })
  expect(uids).toEqual([1])
  // The connection is as it was.
  expect((await session.fetchFlags([1, 2, 3]).next()).value).toMatchObject({ uid: 1 })
  await session.close()
})

test('who stops after the first row does not hold up the next command', async () => {
  const session = await answeredWith(
    'BODY.PEEK[]',
    (tag) =>
      `${[1, 2, 3].map((uid) => `* ${uid} FETCH (UID ${uid} FLAGS () BODY[] {600000}\r\n${'x'.repeat(600_000)})\r\n`).join('')}${tag} OK done\r\n`,
  )
  for await (const { uid } of session.fetchSources([1, 2, 3])) {
    expect(uid).toBe(1)
    break
  }
  expect(await session.searchUids()).toEqual([1, 2, 3])
  await session.close()
})

test('a part that is not there is told, however the server says so', async () => {
  const session = await answeredWith(
    'BODY.PEEK[2]',
    (tag) =>
      `* 1 FETCH (UID 1 BODY[2]<0> {2}\r\nab)\r\n* 2 FETCH (UID 2 BODY[2]<0> NIL)\r\n* 3 FETCH (UID 3)\r\n${tag} OK done\r\n`,
  )
  const parts: [number, string | null][] = []
  for await (const { uid, part } of session.fetchSecondParts([1, 2, 3], 100))
    parts.push([uid, part?.toString() ?? null])
  expect(parts).toEqual([
    [1, 'ab'],
    [2, null],
    [3, null],
  ])
  await session.close()
})

test('labels of Gmail keep their letters, blanks and quotes', async () => {
  const session = await answeredWith(
    'X-GM-LABELS',
    (tag) =>
      `* 1 FETCH (X-GM-THRID 1278455344230334865 X-GM-LABELS ("\\\\Inbox" "R&AOk-clames" {7}\r\na "b" c) UID 1 FLAGS ())\r\n${tag} OK done\r\n`,
    'gmail',
  )
  expect((await session.fetchFlags([1]).next()).value).toEqual({
    uid: 1,
    flags: [],
    labels: ['\\Inbox', 'Réclames', 'a "b" c'],
  })
  await session.close()
})
