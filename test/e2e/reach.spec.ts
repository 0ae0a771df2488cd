import { expect, test, type Locator, type Page } from '@playwright/test'
import { deliver, nav, openRow, replyBox, settingsPage } from './hands'
import { resize, sizes } from './pictures'
import {
  ask,
  conversation,
  leave,
  list,
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

let team: Team
let desk: Desk
let page: Page
const composer = (): Locator => page.getByRole('region', { name: 'Composer' })
const zoom = () => desk.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.zoomFactor)
/** By key, from any size. */
async function twiceAsLarge(): Promise<void> {
  for (let step = 0; step < 8; step++) await page.keyboard.press('Control+Shift+Equal')
  await expect.poll(zoom).toBe(2)
}

/** Controls of a part of the window that are not wholly inside it, or lie over each other. */
const outOfPlace = (part: Locator): Promise<string[]> =>
  part.evaluate((box) => {
    const frame = box.getBoundingClientRect()
    const shown = [...box.querySelectorAll<HTMLElement>('button')].filter((one) => one.checkVisibility())
    const rects = shown.map((one) => one.getBoundingClientRect())
    return shown.flatMap((one, index) => {
      const at = rects[index]
      const next = rects[index + 1]
      if (!at) return []
      const outside = at.left < frame.left - 1 || at.right > frame.right + 1
      const overlaps = next !== undefined && next.top < at.bottom && next.left < at.right - 1
      return outside || overlaps ? [one.getAttribute('aria-label') ?? one.innerText] : []
    })
  })

test.beforeAll(async () => {
  team = await startTeam(['help'])
  seed(
    team,
    'help',
    ['First of three', 'Second of three', 'Third of three'].map((subject, index) => ({
      raw: mail({ subject, from: `Ann ${index} <ann${index}@shop.example>`, text: 'A line of text.\n'.repeat(30) }),
      date: new Date(Date.now() - index * 60_000),
    })),
  )
  const lines = (count: number): string => 'A line of text.\n'.repeat(count)
  // Read with another program, never opened here.
  for (const [subject, ...texts] of [
    ['Long at last', lines(60), lines(60)],
    ['Short at last', lines(60), 'Thank you.'],
  ] as const)
    seed(
      team,
      'help',
      texts.map((text, index) => ({
        raw: mail({
          subject,
          from: `Cy ${index} <cy${index}@shop.example>`,
          id: `${index}-${subject.length}@shop.example`,
          ...(index > 0 ? { inReplyTo: `0-${subject.length}@shop.example` } : {}),
          date: new Date(Date.now() - (9 - index) * 3_600_000),
          text,
        }),
        date: new Date(Date.now() - (9 - index) * 3_600_000),
        flags: ['\\Seen'],
      })),
    )
  const to = (count: number): string =>
    ['help@northwindbikes.example', ...Array.from({ length: count }, (_, n) => `Ed ${n} <ed${n}@shop.example>`)].join()
  for (const [subject, count] of [
    ['Five of each', 5],
    ['Six of each', 6],
  ] as const)
    seed(team, 'help', [
      {
        raw: mail({
          subject,
          to: to(count - 1),
          files: Array.from({ length: count }, (_, n) => ({
            name: `slip-${n}.txt`,
            type: 'text/plain',
            content: 'x'.repeat(1000),
          })),
        }),
        flags: ['\\Seen'],
      },
    ])
  desk = await startPostern({ profile: newProfile(), provision: team.provision, size: sizes[0] })
  page = desk.page
  await synced(page)
})
test.afterAll(async () => {
  await leave(desk, team)
})

test('no tool of a reply is out of reach in a narrow composer, and none lies over another when somebody is to be given the conversation', async () => {
  await openRow(page, 'First of three')
  await page.keyboard.press('r')
  await page.keyboard.type('one')
  const tools = composer().getByRole('toolbar', { name: 'Text style' })
  await expect(tools.getByRole('button', { name: 'Put a picture into the text' })).toBeVisible()
  await tools.getByRole('button', { name: 'More text styles' }).focus()
  await page.keyboard.press('Enter')
  await page.keyboard.press('ArrowDown')
  await expect(page.getByRole('menuitemcheckbox', { name: 'Numbered list' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(replyBox(page).getByRole('listitem')).toHaveText('one')
  await expect(replyBox(page)).toBeFocused()
  await page.keyboard.type(' and two')
  await expect(replyBox(page).getByRole('listitem')).toHaveText('one and two')
  await composer().getByRole('button', { name: 'More ways to send' }).click()
  await page.getByRole('menuitemcheckbox', { name: /^Ana Ferreira/ }).click()
  await page.keyboard.press('Escape')
  for (const size of sizes) {
    await resize(desk, size)
    await expect.poll(() => outOfPlace(composer().locator('.c-foot'))).toEqual([])
    await expect(composer().getByRole('button', { name: /^Send and close/ })).toBeInViewport({ ratio: 1 })
  }
  await composer().getByRole('button', { name: 'Discard draft' }).click()
  await page.keyboard.press('Escape')
})

test('a message that nobody has read is shown from its beginning, however long it is', async () => {
  await openRow(page, 'Second of three')
  await expect(conversation(page).getByText('A line of text.').first()).toBeVisible()
  await expect(conversation(page).getByRole('article').getByText('Ann 1')).toBeInViewport({ ratio: 1 })
})

test('the newest message of what was read elsewhere is shown from its beginning, and stays there when something is added', async () => {
  await openRow(page, 'Long at last')
  const newest = conversation(page).getByRole('article', { name: /Cy 1/ })
  await expect(newest.getByText('Cy 1')).toBeInViewport({ ratio: 1 })
  const top = () => newest.evaluate((one) => Math.round(one.getBoundingClientRect().top))
  const before = await top()
  const parent = '0-12@shop.example'
  await deliver(team, mail({ subject: 'Re: Long at last', from: 'Di <di@shop.example>', inReplyTo: parent }))
  await expect(conversation(page).getByRole('article', { name: /Di/ })).toBeAttached({ timeout: 20_000 })
  expect(await top()).toBe(before)
  await openRow(page, 'Short at last')
  const last = conversation(page).getByRole('article', { name: /Cy 1/ })
  await expect(last).toBeInViewport({ ratio: 1 })
  const pane = conversation(page).locator('[data-pane=thread]')
  expect(await pane.evaluate((one) => one.scrollHeight - one.scrollTop - one.clientHeight)).toBeLessThan(9)
  await deliver(
    team,
    mail({ subject: 'Re: Short at last', from: 'Di <di@shop.example>', inReplyTo: '0-13@shop.example' }),
  )
  await expect(conversation(page).getByRole('article', { name: /Di/ })).toBeInViewport({ ratio: 1, timeout: 20_000 })
})

test('recipients and files of which there are too many to count at a glance are counted, fewer are not', async () => {
  for (const [subject, to, files] of [
    ['Five of each', /^to help@northwindbikes\.example, Ed 0 and 3 more$/, /^Save all…$/],
    ['Six of each', /^to help@northwindbikes\.example and 5 more$/, /^Save all…\s*6, 6\skB$/],
  ] as const) {
    await openRow(page, subject)
    const message = conversation(page).getByRole('article')
    await expect(message.locator('.msg-head .to')).toHaveText(to)
    await expect(message.getByRole('button', { name: 'Save all…' })).toHaveText(files)
  }
})

test('what one adds to a long conversation is seen at once, wherever it was scrolled to', async () => {
  await openRow(page, 'Third of three')
  await conversation(page).getByText('A line of text.').first().hover()
  await page.mouse.wheel(0, -2000)
  await page.keyboard.press('n')
  await page.keyboard.type('She called too')
  await page.keyboard.press('Control+Enter')
  await expect(conversation(page).locator('.msg.note').getByText('She called too')).toBeInViewport({ ratio: 1 })
})

test('files that are dropped are not lost: beside the text they are attached, a picture in the text stays there, and nothing is navigated to', async () => {
  await openRow(page, 'First of three')
  await page.keyboard.press('r')
  const drop = async (onto: Locator, name: string, type: string, base64: string) => {
    const files = await page.evaluateHandle(
      ([file, kind, text]) => {
        const data = new DataTransfer()
        data.items.add(new File([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))], file, { type: kind }))
        return data
      },
      [name, type, base64] as const,
    )
    const box = await onto.boundingBox()
    const at = { clientX: (box?.x ?? 0) + 30, clientY: (box?.y ?? 0) + 12 }
    for (const event of ['dragenter', 'dragover'])
      await onto.dispatchEvent(event, { dataTransfer: files, bubbles: true, cancelable: true, ...at })
    await expect(composer().getByText(/^Drop files/)).toBeVisible()
    await onto.dispatchEvent('drop', { dataTransfer: files, bubbles: true, cancelable: true, ...at })
    await expect(composer().getByText(/^Drop files/)).toBeHidden()
  }
  const attached = composer().getByRole('group', { name: 'Attached files' })
  await drop(composer().locator('.c-top'), 'slip.txt', 'text/plain', 'c2xpcA==')
  await expect(attached).toContainText('slip.txt')
  await drop(replyBox(page), 'list.csv', 'text/csv', 'YSxi')
  await expect(attached).toContainText('list.csv')
  const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNg+M9QDwAEAQGAKhmfUQAAAABJRU5ErkJggg=='
  await drop(replyBox(page), 'hub.png', 'image/png', pixel)
  await expect(replyBox(page).locator('img:not([class])')).toHaveAttribute('src', /^data:image\/png;base64,/)
  await expect(attached).not.toContainText('hub.png')
  expect(page.url()).toMatch(/^postern:\/\/app\//)
  await composer().getByRole('button', { name: 'Discard draft' }).click()
  await page.keyboard.press('Escape')
})

test('colours that the system forces leave nothing unmarked: what is chosen, what has the focus, where a part ends', async () => {
  await openRow(page, 'Second of three')
  await page.emulateMedia({ forcedColors: 'active' })
  await expect.poll(() => page.evaluate(() => matchMedia('(forced-colors: active)').matches)).toBe(true)
  const style = (of: Locator, name: 'outlineStyle' | 'borderTopWidth' | 'borderBottomWidth') =>
    of.evaluate((element, wanted) => getComputedStyle(element)[wanted], name)
  const chosen = row(page, /Second of three/)
  await nav(page, 'Inbox').focus()
  for (const marked of [chosen, nav(page, 'Inbox')]) expect(await style(marked, 'outlineStyle')).toBe('solid')
  expect(await style(row(page, /Third of three/), 'outlineStyle')).toBe('none')
  const message = conversation(page).getByRole('article').first()
  expect(await style(message, 'borderTopWidth')).toBe('1px')
  const tabs = composer().getByRole('group', { name: 'What to write' })
  expect(await style(tabs.getByRole('button', { name: /^Reply/ }), 'borderBottomWidth')).toBe('3px')
  expect(await style(tabs.getByRole('button', { name: /^Note/ }), 'borderBottomWidth')).toBe('0px')
  await page.keyboard.press('Tab')
  expect(await page.evaluate(() => getComputedStyle(document.activeElement ?? document.body).outlineStyle)).toBe(
    'solid',
  )
  await page.keyboard.press('Control+k')
  expect(await style(page.getByRole('dialog'), 'borderTopWidth')).toBe('1px')
  await expect.poll(() => style(page.getByRole('option').first(), 'outlineStyle')).toBe('solid')
  await page.keyboard.press('Escape')
  await nav(page, 'Settings').click()
  await settingsPage(page, 'Appearance').click()
  const themes = page.getByRole('radiogroup', { name: 'Theme' })
  expect(await style(themes.getByRole('radio', { name: 'System' }), 'outlineStyle')).toBe('solid')
  expect(await style(themes.getByRole('radio', { name: 'Dark' }), 'outlineStyle')).toBe('none')
  await page.emulateMedia({ forcedColors: 'none' })
  await page.keyboard.press('Escape')
})

test('text twice as large in the smallest window hides nothing for good: each pane, the list and the text of a reply are reached and left by key', async () => {
  await resize(desk, sizes[1])
  await twiceAsLarge()
  await expect.poll(() => page.evaluate(() => innerWidth)).toBeLessThanOrEqual(480)
  await nav(page, 'Inbox').click()
  await expect(list(page)).toBeVisible()
  const heading = page.getByRole('heading', { level: 1 })
  await expect(heading).toHaveText(['Inbox'])
  await openRow(page, 'Second of three')
  await expect(list(page)).toBeHidden()
  await expect(heading).toHaveText(['Inbox'])
  // What was done is told, and taken back, without the list too.
  const follows = conversation(page).getByRole('button', { name: 'Follow', exact: true })
  await follows.click()
  await expect(follows).toBeHidden()
  await page.getByRole('status', { name: 'Messages' }).getByRole('button', { name: /Undo/ }).click()
  await expect(follows).toBeVisible()
  await expect(conversation(page).getByText('A line of text.').first()).toBeInViewport()
  await expect(replyBox(page)).toBeAttached()
  const panes = new Set<string>()
  for (let press = 0; press < 8; press++) {
    await page.keyboard.press('F6')
    panes.add(
      await page.evaluate(() => document.activeElement?.closest('[data-pane]')?.getAttribute('data-pane') ?? 'none'),
    )
  }
  expect([...panes].toSorted()).toEqual(['composer', 'conversation', 'sidebar', 'thread'])
  await page.keyboard.press('r')
  // More than there is room for: the text scrolls, what sends it stays.
  await page.keyboard.type('Long.\n'.repeat(12))
  await page.keyboard.type('Read on a small screen')
  await expect(replyBox(page).getByText('Read on a small screen')).toBeInViewport({ ratio: 1 })
  await expect(composer().getByRole('button', { name: /^Send and close/ })).toBeInViewport({ ratio: 1 })
  await expect.poll(() => outOfPlace(composer().locator('.c-foot'))).toEqual([])
  await composer().getByRole('button', { name: 'Show the conversation' }).click()
  await expect(conversation(page)).toBeFocused()
  await expect(conversation(page).getByText('A line of text.').first()).toBeInViewport()
  await page.keyboard.press('Escape')
  await expect(row(page, /Second of three/)).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(replyBox(page)).toContainText('Read on a small screen')
  await conversation(page).getByRole('button', { name: 'Back to the list' }).click()
  await expect(row(page, /Second of three/)).toBeFocused()
  await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0)
})

test('text twice as large in the smallest window cuts off nothing of what sends a new message', async () => {
  await page.keyboard.press('Control+0')
  await expect.poll(zoom).toBe(1)
  await resize(desk, sizes[1])
  await nav(page, 'Inbox').click()
  await twiceAsLarge()
  await page.keyboard.press('c')
  const writing = page.getByRole('region', { name: 'New message' })
  await writing.getByRole('textbox', { name: 'Message' }).click()
  await page.keyboard.type('A line')
  await expect(writing.getByRole('button', { name: 'Discard' })).toBeVisible()
  const cut = await writing
    .getByRole('button')
    .evaluateAll((all) =>
      all
        .filter((one) => one.checkVisibility() && one.getBoundingClientRect().right > innerWidth)
        .map((one) => one.getAttribute('aria-label') ?? one.textContent),
    )
  expect(cut).toEqual([])
  await writing.getByRole('button', { name: 'Discard' }).click()
  await expect(writing).toBeHidden()
})

test('text twice as large in the smallest window lays no setting over its words, and puts nothing of a table out of reach', async () => {
  await page.keyboard.press('Control+0')
  await expect.poll(zoom).toBe(1)
  await resize(desk, sizes[1])
  await twiceAsLarge()
  await nav(page, 'Settings').click()
  for (const name of ['Notifications', 'General', 'Security', 'Mailboxes', 'Views']) {
    await settingsPage(page, name).click()
    await expect(page.getByRole('heading', { level: 1, name })).toBeVisible()
    const found = await page.locator('[data-pane="page"]').evaluate((pane) => ({
      covered: [...pane.querySelectorAll('.set > .grow')]
        .filter((words) => words.scrollWidth > words.clientWidth)
        .map((words) => words.textContent),
      cut: [...pane.querySelectorAll('.card:has(table)')].filter(
        (card) => card.scrollWidth > card.clientWidth && getComputedStyle(card).overflowX !== 'auto',
      ).length,
    }))
    expect(found, name).toEqual({ covered: [], cut: 0 })
  }
  await page.keyboard.press('Escape')
})

test('tabs for which the text is too large stand whole in lines below each other, none beside the page or cut in two', async () => {
  await twiceAsLarge()
  await nav(page, 'Settings').click()
  await settingsPage(page, 'Privacy and data').click()
  const tabs = page.getByRole('navigation', { name: 'Privacy pages' })
  await expect(tabs.getByRole('button')).toHaveCount(7)
  expect(await outOfPlace(tabs)).toEqual([])
  const heights = await tabs.getByRole('button').evaluateAll((all) =>
    all.map((one) => {
      const words = document.createRange()
      words.selectNodeContents(one)
      const { top, bottom } = one.getBoundingClientRect()
      const lines = new Set([...words.getClientRects()].map((line) => Math.round(line.top)))
      return [Math.round(bottom - top), lines.size]
    }),
  )
  expect(new Set(heights.map(String))).toEqual(new Set(['36,1']))
  const lines = await tabs
    .getByRole('button')
    .evaluateAll((all) => new Set(all.map((one) => one.getBoundingClientRect().top)).size)
  expect(lines).toBeGreaterThan(1)
  await page.keyboard.press('Escape')
})

test('the size of the text is kept over a restart, and Ctrl 0 brings the usual one back', async () => {
  await twiceAsLarge()
  const { profile } = desk
  await desk.close()
  desk = await startPostern({ profile, size: sizes[1] })
  page = desk.page
  await expect
    .poll(() => desk.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible()))
    .toBe(true)
  await expect(list(page).getByRole('row').first()).toBeVisible()
  expect(await zoom()).toBe(2)
  await page.keyboard.press('Control+0')
  await expect.poll(zoom).toBe(1)
  await nav(page, 'Settings').click()
  await settingsPage(page, 'Appearance').click()
  await page.getByRole('combobox', { name: 'Text size' }).selectOption('125%')
  await expect.poll(zoom).toBe(1.25)
  expect(await ask(page, 'app.setTextSize', { size: 1000 })).toMatchObject({ ok: false })
  expect(await zoom()).toBe(1.25)
})
