import http from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fetchImage, isPublicAddress, type Reach } from '../../src-main/mail/fetch-image'

const png = Buffer.from('89504e470d0a1a0a0000000d494844520000000100000001080600000000', 'hex')
let server: http.Server
let port = 0
const asked: { url: string; headers: http.IncomingHttpHeaders }[] = []
/** Reaches the test's own server, which is on loopback, under names that stand for public ones. */
const reach: Reach = {
  resolve: async (host) => {
    const known: Record<string, string[]> = {
      'images.test': ['127.0.0.1'],
      'inside.test': ['10.0.0.5'],
      'mixed.test': ['127.0.0.1', '192.168.0.1'],
    }
    const found = known[host]
    if (!found) throw Object.assign(new Error('x'), { code: 'ENOTFOUND' })
    return found
  },
  allowed: (address) => address === '127.0.0.1' || isPublicAddress(address),
}

beforeAll(async () => {
  server = http.createServer((request, response) => {
    asked.push({ url: request.url ?? '', headers: request.headers })
    const to = (location: string): void => void response.writeHead(302, { Location: location }).end()
    const url = request.url ?? ''
    if (url === '/ok.png') response.writeHead(200, { 'Content-Type': 'text/html', 'Set-Cookie': 'a=b' }).end(png)
    else if (url === '/page.png') response.writeHead(200, { 'Content-Type': 'image/png' }).end('<html><script>')
    else if (url === '/pic.svg')
      response.writeHead(200, { 'Content-Type': 'image/svg+xml' }).end('<svg xmlns="http://www.w3.org/2000/svg"/>')
    else if (url === '/big.png') {
      response.writeHead(200)
      response.write(png)
      const timer = setInterval(() => {
        if (!response.write(Buffer.alloc(1024 * 1024))) response.once('drain', () => undefined)
      }, 1)
      response.on('close', () => clearInterval(timer))
    } else if (url.startsWith('/hop')) to(Number(url.slice(4)) > 0 ? `/hop${Number(url.slice(4)) - 1}` : '/ok.png')
    else if (url.startsWith('/to?')) to(decodeURIComponent(url.slice(4)))
    else response.writeHead(404).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  port = typeof address === 'object' && address ? address.port : 0
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const at = (path: string, host = 'images.test'): string => `http://${host}:${port}${path}`

test('an allowed image comes without cookies, referrer or anything about this machine (R14)', async () => {
  const image = await fetchImage(at('/ok.png'), reach)
  expect(image.type).toBe('image/png')
  await fetchImage(at('/hop2'), reach)
  const told = asked.flatMap((one) => Object.keys(one.headers))
  expect([...new Set(told)].toSorted()).toEqual(['accept', 'accept-encoding', 'connection', 'host', 'user-agent'])
  expect(asked.every((one) => one.headers['user-agent'] === 'Mozilla/5.0')).toBe(true)
})

test('no page, no SVG and nothing over 10 MB is taken for an image', async () => {
  await expect(fetchImage(at('/page.png'), reach)).rejects.toMatchObject({ code: 'unreadable' })
  await expect(fetchImage(at('/pic.svg'), reach)).rejects.toMatchObject({ code: 'unreadable' })
  await expect(fetchImage(at('/big.png'), reach)).rejects.toMatchObject({ code: 'too-large' })
  await expect(fetchImage(at('/none'), reach)).rejects.toMatchObject({ code: 'not-found' })
})

test.each([
  'http://inside.test/x.png',
  'http://mixed.test/x.png',
  'http://169.254.169.254/latest/meta-data',
  'http://[::1]/x',
  'http://[::ffff:127.0.0.1]/x',
  'http://[fd00::1]/x',
  'http://10.1.2.3/x',
  'http://0/x',
  'http://2130706434/x',
  'ftp://images.test/x',
  'file:///etc/passwd',
  'http://user:pw@images.test/x',
  'javascript:1',
  'not a url',
])('%s is never asked, directly or by a redirect (R14)', async (url) => {
  const before = asked.length
  await expect(fetchImage(url, reach)).rejects.toMatchObject({ code: 'blocked-address' })
  expect(asked.length).toBe(before)
  await expect(fetchImage(at(`/to?${encodeURIComponent(url)}`), reach)).rejects.toMatchObject({
    code: expect.stringMatching(/^(blocked-address|not-found)$/),
  })
})

test('redirects end after three', async () => {
  await expect(fetchImage(at('/hop2'), reach)).resolves.toMatchObject({ type: 'image/png' })
  await expect(fetchImage(at('/hop3'), reach)).rejects.toMatchObject({ code: 'blocked-address' })
})

test("without a test's reach, this machine is not reached", async () => {
  await expect(fetchImage(`http://127.0.0.1:${port}/ok.png`)).rejects.toMatchObject({ code: 'blocked-address' })
  await expect(fetchImage(`http://localhost:${port}/ok.png`)).rejects.toMatchObject({ code: 'blocked-address' })
})

test('what counts as public', () => {
  for (const address of ['8.8.8.8', '93.184.216.34', '2606:4700::1111']) expect(isPublicAddress(address)).toBe(true)
  for (const address of [
    '127.0.0.1',
    '10.0.0.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '::1',
    '::',
    'fe80::1',
    'fc00::1',
    '::ffff:8.8.8.8',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    '2001:db8::1',
    'ff02::1',
    'nonsense',
  ])
    expect(isPublicAddress(address), address).toBe(false)
})
