import { execFileSync, spawn } from 'node:child_process'
import { lookup } from 'node:dns/promises'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test, type Page } from '@playwright/test'
import * as z from 'zod'
import { tempFolder } from '../servers/process.mjs'
import { mailIn } from './hands'
import { leakingBodies } from './hostile-mails'
import {
  ask,
  conversation,
  leave,
  mail,
  newProfile,
  row,
  seed,
  startPostern,
  startTeam,
  synced,
  type Desk,
  type Team,
} from './harness'

/**
 * Run twice: first it makes a network of its own, a namespace whose only way out ends in test/servers/world.mjs, and starts
 * itself in there; then every packet on that way is one that Postern sent. Nothing else on the machine can disturb the count.
 */
const world = process.env['POSTERN_TEST_WORLD']
const loopbackPort = 8765
const root = fileURLToPath(new URL('../..', import.meta.url))
const ip = (...args: string[]): string => execFileSync('ip', args, { encoding: 'utf8' })
const canNamespace = (): boolean => {
  try {
    ip('netns', 'add', `probe-${process.pid}`)
    ip('netns', 'del', `probe-${process.pid}`)
    return true
  } catch {
    return false
  }
}

if (world === undefined) {
  test('no packet leaves a network of its own (R12, R13, R14)', async () => {
    test.skip(process.getuid?.() !== 0 || !canNamespace(), 'needs root and network namespaces')
    const [inner, outer] = [`postern-in-${process.pid}`, `postern-out-${process.pid}`]
    const dir = tempFolder('world')
    const log = join(dir, 'log')
    writeFileSync(join(dir, 'resolv.conf'), 'nameserver 10.77.0.1\n')
    for (const space of [inner, outer]) {
      ip('netns', 'add', space)
      ip('netns', 'exec', space, 'sh', '-c', 'echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6')
      ip('-n', space, 'link', 'set', 'lo', 'up')
    }
    ip(
      'link',
      'add',
      'way-in',
      'netns',
      inner,
      'address',
      '02:00:00:00:00:02',
      'type',
      'veth',
      'peer',
      'name',
      'way-out',
      'netns',
      outer,
      'address',
      '02:00:00:00:00:01',
    )
    for (const [space, own, name, other, mac] of [
      [inner, '10.77.0.2', 'way-in', '10.77.0.1', '02:00:00:00:00:01'],
      [outer, '10.77.0.1', 'way-out', '10.77.0.2', '02:00:00:00:00:02'],
    ] as const) {
      ip('-n', space, 'address', 'add', `${own}/24`, 'dev', name)
      ip('-n', space, 'link', 'set', name, 'up')
      // Known beforehand, so that not even the question for it is a packet.
      ip('-n', space, 'neigh', 'replace', other, 'lladdr', mac, 'dev', name, 'nud', 'permanent')
    }
    ip('-n', inner, 'route', 'add', 'default', 'via', '10.77.0.1')
    ip('-n', outer, 'route', 'add', 'local', '0.0.0.0/0', 'dev', 'lo')
    const internet = spawn(
      'ip',
      [
        'netns',
        'exec',
        outer,
        process.execPath,
        join(root, 'test/servers/world.mjs'),
        '93.184.215.14',
        log,
        String(loopbackPort),
      ],
      { stdio: 'inherit' },
    )
    try {
      await expect.poll(() => existsSync(log)).toBe(true)
      const args = [
        join(root, 'node_modules/@playwright/test/cli.js'),
        'test',
        '--config',
        'test/playwright.config.ts',
        '--reporter=line',
        '--output',
        join(dir, 'results'),
        'quiet.spec',
      ]
      const child = spawn(
        'ip',
        [
          'netns',
          'exec',
          inner,
          'sh',
          '-c',
          'mount --bind "$0" /etc/resolv.conf && exec "$@"',
          join(dir, 'resolv.conf'),
          process.execPath,
          ...args,
        ],
        {
          cwd: root,
          env: { ...process.env, POSTERN_TEST_WORLD: `${outer} ${log}` },
        },
      )
      let said = ''
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (chunk: Buffer) => (said += chunk.toString()))
      const code = await new Promise((resolve) => child.on('exit', resolve))
      expect(code, said.slice(-6000)).toBe(0)
    } finally {
      internet.kill('SIGKILL')
      for (const space of [inner, outer]) ip('netns', 'del', space)
      rmSync(dir, { recursive: true, force: true })
    }
  })
} else {
  inside(world)
}

const Noted = z
  .object({ name: z.string(), host: z.string(), path: z.string(), headers: z.record(z.string(), z.unknown()) })
  .partial()

function inside(place: string): void {
  const [outer = '', log = ''] = place.split(' ')
  const Link = z.array(z.object({ stats64: z.object({ rx: z.object({ packets: z.int(), bytes: z.int() }) }) }))
  const link = () =>
    Link.parse(JSON.parse(ip('-n', outer, '-s', '-j', 'link', 'show', 'way-out')))[0]?.stats64.rx ?? {
      packets: -1,
      bytes: -1,
    }
  const packets = (): number => link().packets
  const noted = () =>
    readFileSync(log, 'utf8')
      .trim()
      .split('\n')
      .map((line) => Noted.parse(JSON.parse(line)))
  const hits: string[] = []
  const loopback = createServer((request, response) => {
    hits.push(request.url ?? '')
    response.end()
  })
  const blocked = (page: Page) => conversation(page).getByText(/remote images? blocked/)
  const pictures = (
    n: number,
  ) => `<p>Look ${n}</p><img src="http://pictures.example/${n}.png" width=50 height=50><img src="http://pictures.example/to-loopback"><img src="http://pictures.example/to-metadata"><img src="http://pictures.example/to-file">
    <img src="http://127.0.0.1:${loopbackPort}/direct"><img src="http://localhost:${loopbackPort}/name"><link rel=stylesheet href="http://pictures.example/style.css"><iframe src="http://pictures.example/frame"></iframe><script src="http://pictures.example/script.js"></script>`
  let team: Team
  let desk: Desk
  let page: Page

  test.beforeAll(async () => {
    await new Promise<void>((resolve) => loopback.listen(loopbackPort, '127.0.0.1', resolve))
    team = await startTeam(['help'])
    const receipts = [
      'Disposition-Notification-To: spy@leak.example',
      'Return-Receipt-To: spy@leak.example',
      'X-Confirm-Reading-To: spy@leak.example',
      'List-Unsubscribe: <http://leak.example/unsubscribe>',
      'List-Unsubscribe-Post: List-Unsubscribe=One-Click',
      'X-Image-URL: http://leak.example/face.png',
      'Face: http://leak.example/f',
      'BIMI-Location: v=BIMI1; l=http://leak.example/b.svg',
      'Content-Location: http://leak.example/location/',
    ]
    seed(team, 'help', [
      ...leakingBodies('leak.example').map((html, i) => ({
        raw: mail({
          subject: 'Leaks',
          headers: receipts,
          ...(i === 0 ? { id: 'leaks@leak.example' } : { inReplyTo: 'leaks@leak.example' }),
          html: `${html}<p>leakword ${i}</p>`,
        }),
      })),
      {
        raw: mail({
          subject: 'Text with http://leak.example/text',
          text: 'See http://leak.example/plain and mailto:x@leak.example leakword',
        }),
      },
      ...[1, 2].map((n) => ({
        raw: mail({ subject: `Pictures ${n}`, from: 'Paula <paula@pictures.example>', html: pictures(n) }),
      })),
    ])
    desk = await startPostern({ profile: newProfile(), provision: team.provision })
    page = desk.page
    await synced(page, 60_000)
  })
  test.afterAll(async () => {
    await leave(desk, team)
    loopback.close()
  })

  test('no packet leaves while remote content is off, whatever is done with the mail (R12)', async () => {
    expect(packets(), 'after start and sync').toBe(0)
    await row(page, /Leaks$/).click()
    await expect(conversation(page).locator('.mail-slot[data-state=shown]').nth(40)).toBeAttached()
    await expect(conversation(page).locator('.mail-slot[data-state=waiting]')).toHaveCount(0)
    expect(packets(), 'shown').toBe(0)
    const frames = await conversation(page)
      .locator('.mail-slot[data-state=shown] .mail-frame')
      .filter({ visible: true })
      .all()
    expect(frames.length).toBeGreaterThan(12)
    for (const frame of frames.slice(0, 12)) {
      await frame.scrollIntoViewIfNeeded()
      await frame.hover({ position: { x: 5, y: 5 } })
    }
    expect(packets(), 'hovered and scrolled').toBe(0)
    const message = conversation(page).getByRole('article').last()
    await message.hover()
    await expect(async () => {
      await message.getByRole('button', { name: 'Message actions' }).click({ timeout: 2000 })
      await page.getByRole('menuitem', { name: 'Copy text' }).click({ timeout: 2000 })
    }).toPass()
    await page
      .getByRole('region', { name: 'Composer' })
      .getByRole('textbox', { name: 'Reply' })
      .pressSequentially('A reply')
    await expect(page.getByText('Draft saved')).toBeVisible()
    await page.getByRole('button', { name: 'Show the quoted message' }).click()
    await page.getByRole('button', { name: 'Discard draft' }).click()
    await page
      .getByRole('region', { name: 'Messages' })
      .or(page.getByRole('status', { name: 'Messages' }))
      .getByRole('button', { name: 'Undo' })
      .click()
    await expect(page.getByText('Draft saved')).toBeVisible()
    await page.getByRole('button', { name: 'Discard draft' }).click()
    await page
      .getByRole('button', { name: /^Forward/ })
      .last()
      .click()
    await page.getByRole('combobox', { name: 'To' }).fill('x@leak.example')
    await page.getByRole('combobox', { name: 'To' }).press('Enter')
    await page.getByRole('textbox', { name: 'Reply' }).pressSequentially('forwarded')
    await expect(page.getByText('Draft saved')).toBeVisible()
    await page.getByRole('button', { name: 'Discard draft' }).click()
    expect(packets(), 'copied, quoted, forwarded, drafted, undone').toBe(0)
    await page.getByRole('searchbox', { name: 'Search' }).fill('leakword')
    await expect(page.getByText(/leakword/).first()).toBeVisible()
    await page
      .getByRole('navigation', { name: 'Views' })
      .getByRole('button', { name: /^Inbox/ })
      .click()
    await row(page, /leak\.example\/text$/).click()
    await page.getByText('http://leak.example/plain', { exact: true }).hover()
    await row(page, /Pictures 1$/).click()
    await expect(blocked(page)).toBeVisible()
    expect(packets(), 'searched, hovered, chosen').toBe(0)
    expect(hits).toEqual([])
  })

  test('Show fetches the pictures of that message only, without a trace of the person, and none from inside (R13, R14)', async () => {
    await row(page, /Pictures 1$/).click()
    await page.getByRole('button', { name: 'Show remote images in this message' }).click()
    await expect(conversation(page).getByText('5 images could not be fetched')).toBeVisible({ timeout: 30_000 })
    await expect(mailIn(conversation(page)).locator('img[src^="data:image/png"]')).toHaveCount(1)
    const asked = noted().filter(({ path }) => path !== undefined)
    expect(asked.map(({ host, path }) => `${host}${path}`).sort()).toEqual(
      ['1.png', 'to-file', 'to-loopback', 'to-metadata'].map((name) => `pictures.example/${name}`).sort(),
    )
    for (const { headers = {} } of asked)
      expect(Object.keys(headers).sort()).toEqual(['accept', 'accept-encoding', 'connection', 'host', 'user-agent'])
    expect(hits, 'nothing on this machine was asked').toEqual([])
    await row(page, /Pictures 2$/).click()
    await expect(blocked(page)).toBeVisible()
    expect(await ask(page, 'app.openLink', { url: 'file:///etc/passwd' })).toMatchObject({ ok: false })
    expect(noted().filter(({ path }) => path !== undefined)).toHaveLength(4)
  })

  test('no connection is missing from the ledger and none stands there that was not made', async () => {
    const Rows = z.object({
      value: z.object({
        rows: z.array(
          z.object({
            host: z.string(),
            addresses: z.array(z.string()),
            use: z.string(),
            sent: z.int(),
            received: z.int(),
            begun: z.int(),
            verdict: z.string(),
          }),
        ),
      }),
    })
    const ledger = async () => Rows.parse(await ask(page, 'ledger.list', { days: null })).value.rows
    await expect
      .poll(async () => (await ledger()).find(({ host }) => host === 'pictures.example')?.begun ?? 0, { timeout: 5000 })
      .toBe(4)
    const rows = await ledger()
    expect(rows.filter(({ host }) => host !== '127.0.0.1')).toMatchObject([
      { host: 'pictures.example', addresses: ['93.184.215.14'], use: 'remote-image', verdict: 'expected' },
    ])
    // On the wire: what the ledger says, and at most headers, acknowledgements and the questions for names beside it.
    const wire = link()
    const sent = rows.filter(({ host }) => host !== '127.0.0.1').reduce((sum, row) => sum + row.sent, 0)
    expect(sent).toBeGreaterThan(0)
    expect(wire.bytes).toBeGreaterThan(sent)
    expect(wire.bytes).toBeLessThan(sent + wire.packets * 120)
    const mail = rows.filter(({ host }) => host === '127.0.0.1')
    expect(mail.map(({ use }) => use)).toContain('fetch-mail')
    expect(mail.every(({ verdict, received }) => verdict === 'expected' && received > 0)).toBe(true)
  })

  test('nothing but the allowed pictures was ever asked for, and the count would have seen it (R12)', async () => {
    expect([...new Set(noted().flatMap(({ name }) => (name === undefined ? [] : [name])))]).toEqual([
      'pictures.example',
    ])
    const before = packets()
    await lookup('control.example')
    expect(packets()).toBeGreaterThan(before)
    expect(noted().some(({ name }) => name === 'control.example')).toBe(true)
  })
}
