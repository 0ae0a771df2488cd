import { describe, expect, test } from 'vitest'
import { findSettings, type Outside } from '../../../src-main/mail/accounts/autoconfig'
import { readPublished } from '../../../src-main/mail/accounts/autoconfig-file'
import { threadMs } from '../../../src-main/shared/rest'
import { corpusFiles, hasCorpus } from '../../fixtures/corpora'

const address = 'help@northwindbikes.example'
const file = (inside: string, head = ''): string => `<?xml version="1.0" encoding="UTF-8"?>${head}
<clientConfig version="1.1"><emailProvider id="x"><domain>northwindbikes.example</domain>${inside}</emailProvider></clientConfig>`
const server = (
  kind: 'incoming' | 'outgoing',
  type: string,
  host: string,
  port: number,
  socket: string,
  user = '%EMAILADDRESS%',
): string =>
  `<${kind}Server type="${type}"><hostname>${host}</hostname><port>${port}</port><socketType>${socket}</socketType><username>${user}</username><authentication>password-cleartext</authentication></${kind}Server>`
const both =
  server('incoming', 'imap', 'mail.northwindbikes.example', 993, 'SSL') +
  server('outgoing', 'smtp', 'mail.northwindbikes.example', 465, 'SSL')

/** A world that knows nothing, but for what is given; writes down which addresses were asked. */
function world(change: Partial<Outside> = {}): Outside & { asked: string[] } {
  const asked: string[] = []
  const none = async (): Promise<never> => {
    throw new Error('ENOTFOUND')
  }
  const given: Outside = { mx: none, srv: none, text: async () => null, answers: async () => false, ...change }
  return {
    asked,
    mx: given.mx,
    srv: given.srv,
    answers: given.answers,
    text: async (url) => {
      asked.push(url)
      return given.text(url)
    },
  }
}

describe('settings for an address', () => {
  test('a known provider is found without asking anybody', async () => {
    const nobody = world({
      mx: async () => {
        throw new Error('must not be asked')
      },
    })
    expect(await findSettings('ana@gmail.com', nobody)).toMatchObject({
      source: 'known',
      settings: {
        imap: { host: 'imap.gmail.com', port: 993, security: 'tls', user: 'ana@gmail.com', signIn: 'oauth' },
      },
    })
    expect(nobody.asked).toEqual([])
  })

  test("a domain whose mail goes to Google or Microsoft is theirs; a look-alike exchanger is nobody's", async () => {
    expect(await findSettings(address, world({ mx: async () => ['aspmx.l.google.com'] }))).toMatchObject({
      source: 'exchanger',
      settings: { smtp: { host: 'smtp.gmail.com' } },
    })
    expect(
      await findSettings(address, world({ mx: async () => ['northwind.mail.protection.outlook.com.'] })),
    ).toMatchObject({ settings: { imap: { host: 'outlook.office365.com' } } })
    expect(
      await findSettings(address, world({ mx: async () => ['mx.evil-google.com', 'google.com.evil.example'] })),
    ).toBeNull()
  })

  test('only hosts of the domain are asked, by https, and the address is told to none of them (R31)', async () => {
    const asked = world()
    expect(await findSettings(address, asked)).toBeNull()
    expect(asked.asked).toEqual([
      'https://autoconfig.northwindbikes.example/mail/config-v1.1.xml',
      'https://northwindbikes.example/.well-known/autoconfig/mail/config-v1.1.xml',
    ])
  })

  test('what the domain publishes goes before its records and guesses', async () => {
    const found = await findSettings(
      address,
      world({
        text: async () => file(both),
        srv: async () => [{ name: 'other.example', port: 1 }],
        answers: async () => true,
      }),
    )
    expect(found).toMatchObject({
      source: 'published',
      foreign: [],
      weaker: false,
      settings: { name: 'Help', address, imap: { host: 'mail.northwindbikes.example', user: address } },
    })
  })

  test('servers in another domain, or with STARTTLS, are marked for a person to confirm; a spoofed record too (R31)', async () => {
    const elsewhere =
      server('incoming', 'imap', 'imap.elsewhere.example', 143, 'STARTTLS') +
      server('outgoing', 'smtp', 'smtp.northwindbikes.example', 465, 'SSL')
    expect(await findSettings(address, world({ text: async () => file(elsewhere) }))).toMatchObject({
      foreign: ['imap.elsewhere.example'],
      weaker: true,
    })
    const spoofed = world({
      srv: async (name) =>
        name.startsWith('_imaps')
          ? [{ name: 'evil.example', port: 993 }]
          : name.startsWith('_submissions')
            ? [{ name: 'notnorthwindbikes.example', port: 465 }]
            : [],
    })
    expect(await findSettings(address, spoofed)).toMatchObject({
      source: 'srv',
      foreign: ['evil.example', 'notnorthwindbikes.example'],
    })
  })

  test('SRV records prefer TLS from the first byte, and "." means that there is none (RFC 6186, RFC 8314)', async () => {
    const records: Record<string, { name: string; port: number }[]> = {
      '_imaps._tcp.northwindbikes.example': [{ name: '.', port: 0 }],
      '_imap._tcp.northwindbikes.example': [{ name: 'mail.northwindbikes.example.', port: 143 }],
      '_submissions._tcp.northwindbikes.example': [{ name: 'mail.northwindbikes.example', port: 465 }],
      '_submission._tcp.northwindbikes.example': [{ name: 'mail.northwindbikes.example', port: 587 }],
    }
    expect(await findSettings(address, world({ srv: async (name) => records[name] ?? [] }))).toMatchObject({
      settings: {
        imap: { host: 'mail.northwindbikes.example', port: 143, security: 'starttls' },
        smtp: { port: 465, security: 'tls' },
      },
      weaker: true,
    })
  })

  test('a guess is taken only when a server with an accepted certificate answers there', async () => {
    const answering = new Set(['imap:mail.northwindbikes.example:993', 'smtp:smtp.northwindbikes.example:587'])
    expect(
      await findSettings(
        address,
        world({ answers: async (protocol, { host, port }) => answering.has(`${protocol}:${host}:${port}`) }),
      ),
    ).toMatchObject({
      source: 'guessed',
      settings: {
        imap: { host: 'mail.northwindbikes.example', security: 'tls' },
        smtp: { host: 'smtp.northwindbikes.example', port: 587, security: 'starttls' },
      },
    })
    expect(await findSettings(address, world({ answers: async (protocol) => protocol === 'imap' }))).toBeNull()
  })

  test.each([
    'help@',
    'help@localhost',
    'help@exa mple.org',
    'help@-x.org',
    `help@${'a'.repeat(64)}.org`,
    'help@127.0.0.1:80/x?',
  ])('%s asks nobody', async (odd) => {
    const nobody = world()
    await expect(findSettings(odd, nobody)).rejects.toMatchObject({ code: 'invalid-input' })
    expect(nobody.asked).toEqual([])
  })
})

describe('a published file (R31)', () => {
  test('place-holders are filled, and TLS goes before STARTTLS', () => {
    const many =
      server('incoming', 'pop3', 'p.x.example', 995, 'SSL') +
      server('incoming', 'imap', 'i.x.example', 143, 'STARTTLS') +
      server('incoming', 'imap', 'imap.%EMAILDOMAIN%', 993, 'SSL', '%EMAILLOCALPART%') +
      server('outgoing', 'smtp', 's.x.example', 587, 'STARTTLS')
    expect(readPublished(file(many), address)).toEqual({
      imap: { host: 'imap.northwindbikes.example', port: 993, security: 'tls', user: 'help' },
      smtp: { host: 's.x.example', port: 587, security: 'starttls', user: address },
    })
  })

  test('settings without encryption count as none (R28)', () => {
    expect(
      readPublished(
        file(
          server('incoming', 'imap', 'i.x.example', 143, 'plain') +
            server('outgoing', 'smtp', 's.x.example', 25, 'plain'),
        ),
        address,
      ),
    ).toBeNull()
  })

  const bombs = `<!DOCTYPE lolz [<!ENTITY lol "lol">${Array.from({ length: 9 }, (_, i) => `<!ENTITY lol${i + 1} "${`&lol${i || ''};`.repeat(10)}">`).join('')}]>`
  test.each([
    [
      'an outer entity (XXE)',
      file(both.replace('mail.', '&x;'), '<!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
    ],
    ['a billion laughs', file(both.replace('mail.', '&lol9;'), bombs)],
    ['a document type alone', file(both, '<!DOCTYPE clientConfig>')],
    ['an entity that nobody declared', file(both.replace('mail.', '&nbsp;'))],
    ['a CDATA section', file(both.replace('mail.', '<![CDATA[mail.]]>'))],
    ['another instruction', file(both, '<?xml-stylesheet href="x"?>')],
    ['tags that do not close', file(both).replace('</clientConfig>', '')],
    ['tags that cross', file(both).replace('</emailProvider></clientConfig>', '</clientConfig></emailProvider>')],
    ['more than 64 kB', file(both + ' '.repeat(65_536))],
    ['too deep', file('<a>'.repeat(100) + '</a>'.repeat(100) + both)],
    ['too many', file('<a/>'.repeat(3000) + both)],
    [
      'a host that is an address, a path or a script',
      file(both.replaceAll('mail.northwindbikes.example', '127.0.0.1/x')),
    ],
    ['a port that is none', file(both.replaceAll('993', '99999').replaceAll('465', '-1'))],
    ['a page', '<!doctype html><html><body>Not found</body></html>'],
    ['nothing', ''],
  ])('%s is refused as a whole', (_name, text) => {
    const began = threadMs()
    expect(readPublished(text, address)).toBeNull()
    expect(threadMs() - began).toBeLessThan(500)
  })

  test.skipIf(!hasCorpus('thunderbird-ispdb'))(
    'the files of the public database are read wherever they name encrypted IMAP and SMTP',
    () => {
      let read = 0
      for (const { name, read: load } of corpusFiles('thunderbird-ispdb', '.xml')) {
        const text = load().toString('utf8')
        // The same question, asked of the text instead of the tree.
        const servers = [
          ...text
            .replaceAll(/<!--[\s\S]*?-->/g, '')
            .matchAll(/<(incoming|outgoing)Server type="(imap|smtp)">([\s\S]*?)<\/\1Server>/g),
        ].filter(([, , , inside = '']) => /<socketType>\s*(SSL|STARTTLS)\s*<\/socketType>/.test(inside))
        const expected = servers.some(([, , type]) => type === 'imap') && servers.some(([, , type]) => type === 'smtp')
        const found = readPublished(text, `ana.b@${name.replace(/^.*\/|\.xml$/g, '')}`)
        expect(found !== null, name).toBe(expected)
        if (!found) continue
        read += 1
        for (const { host, port } of [found.imap, found.smtp]) {
          expect(text, name).toContain(`<port>${port}</port>`)
          expect(host, name).toMatch(/^[\w.-]+$/)
        }
        expect(found.imap.user, name).not.toMatch(/%/)
      }
      expect(read).toBeGreaterThan(100)
    },
  )
})
