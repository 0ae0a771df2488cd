import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { identityChange, Provision, readProvision } from '../../src-main/app/provision'
import { commandLine, refuseUnsafeSwitches } from '../../src-main/app/switches'
import { tempFolder } from '../servers/process.mjs'

const server = { host: 'mail.northwindbikes.example', port: 993, security: 'tls', user: 'help' }
const good = {
  version: 1,
  mailboxes: [
    {
      name: 'Help',
      address: 'help@northwindbikes.example',
      imap: server,
      smtp: { ...server, port: 465 },
      password: 'x',
    },
  ],
}

let dir: string
beforeAll(() => (dir = tempFolder('provision')))
afterAll(() => rmSync(dir, { recursive: true }))
const file = (content: string): string => {
  const path = join(dir, 'provision.json')
  writeFileSync(path, content)
  return path
}

describe('a provision file', () => {
  it('is read when it is right', () => {
    expect(readProvision(file(JSON.stringify(good))).mailboxes[0]?.imap.port).toBe(993)
  })

  it.each([
    ['no JSON', '{ "version": 1,', 'it is not valid JSON'],
    ['a later version', JSON.stringify({ ...good, version: 2 }), 'version'],
    ['a typing error in a key', JSON.stringify({ ...good, mailboxs: [] }), 'mailboxs'],
    [
      'a port as text',
      JSON.stringify({ ...good, mailboxes: [{ ...good.mailboxes[0], imap: { ...server, port: '993' } }] }),
      'mailboxes.0.imap.port',
    ],
    [
      'no address',
      JSON.stringify({ ...good, mailboxes: [{ ...good.mailboxes[0], address: 'help' }] }),
      'mailboxes.0.address',
    ],
    ['something else altogether', '[]', 'the file'],
  ])('is refused with where and what: %s', (_case, content, where) => {
    try {
      readProvision(file(content))
      expect.unreachable()
    } catch (fault) {
      expect(fault).toMatchObject({ code: 'provision-invalid' })
      expect(String(Reflect.get(Reflect.get(fault as object, 'detail') as object, 'what'))).toContain(where)
    }
  })

  it('that is not there is said so', () => {
    expect(() => readProvision(join(dir, 'absent.json'))).toThrow(expect.objectContaining({ code: 'file-not-found' }))
  })

  it('has a schema for IT that does not drift from the program', async () => {
    const schema = { ...z.toJSONSchema(Provision), title: 'Postern provision file' }
    await expect(`${JSON.stringify(schema, null, 2)}\n`).toMatchFileSnapshot('../../resources/provision.schema.json')
  })
})

describe('the command line', () => {
  it('takes its four switches and nothing else', () => {
    const read = commandLine(['postern', '.', '--user-data-dir=/a/b', '--provision=/c.json', '--provisional=/x'])
    expect(read).toEqual({ userDataDir: '/a/b', provisionFile: '/c.json', sampleDir: null, policyDir: null })
  })

  it('of a build in development is not refused its debugging switches (R3)', () => {
    expect(() => refuseUnsafeSwitches(false, (name) => name === 'remote-debugging-port')).not.toThrow()
  })
})

describe("what a file says of a mailbox's identity", () => {
  const read = (identity: object) =>
    readProvision(file(JSON.stringify({ ...good, mailboxes: [{ ...good.mailboxes[0], identity }] }))).mailboxes[0]
      ?.identity ?? {}
  it('changes nothing that it does not name', () => {
    expect(identityChange(read({ shows: 'both' }), () => null)).toEqual({ shows: 'both' })
  })
  it('does not take plain text for HTML, and finds the account by its address', () => {
    const change = identityChange(
      read({
        signature: 'Help <desk>\nHull',
        aliases: [{ address: 'returns@x.example' }],
        sendThrough: 'out@x.example',
      }),
      (address) => (address === 'out@x.example' ? 7 : null),
    )
    expect(change).toEqual({
      signature: { text: 'Help <desk>\nHull', html: '<div>Help &lt;desk&gt;</div><div>Hull</div>' },
      sendThrough: 7,
      aliases: [{ address: 'returns@x.example', name: '', signature: null }],
    })
  })
  it('is refused with where and what when an alias is no address', () => {
    expect(() => read({ aliases: [{ address: 'returns' }] })).toThrow(
      expect.objectContaining({ code: 'provision-invalid' }),
    )
  })
})
