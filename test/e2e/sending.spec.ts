import { expect, test } from '@playwright/test'
import { answerByKeyboard, answered, deliver, nav, onServer, openRow, replyBox } from './hands'
import {
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
import { look } from './pictures'
import { startSmtpSink } from '../servers/smtp-sink.mjs'

let team: Team
let desk: Desk
const ago = (hours: number): Date => new Date(Date.now() - hours * 3_600_000)
const subjects = [
  'Answered by Mei',
  'Wrote again',
  'For tomorrow',
  'Came back from a train',
  'Plain',
  'Bounces',
  'Goes in circles',
  'In doubt',
]
const idOf = (subject: string): string => `${subject.replaceAll(' ', '-')}@harbourcycle.example`

/** A colleague's answer, sent with another program: it lies in Sent. */
function colleagueAnswers(subject: string, text: string): void {
  seed(team, 'help', [
    {
      raw: mail({
        from: 'Mei Tanaka <help@northwindbikes.example>',
        to: 'Priya Raman <priya@harbourcycle.example>',
        subject: `Re: ${subject}`,
        inReplyTo: idOf(subject),
        references: `<${idOf(subject)}>`,
        text,
      }),
      folder: 'Sent',
      date: new Date(),
      flags: ['\\Seen'],
    },
  ])
}
const sentAbout = (subject: string): number =>
  team.postfix.deliveries().filter(({ text }) => text.includes(`Subject: Re: ${subject}`)).length

test.beforeAll(async () => {
  team = await startTeam(['help'])
  seed(
    team,
    'help',
    subjects.map((subject, n) => ({
      raw: mail({ subject, id: idOf(subject), date: ago(n + 2), text: 'When will it be ready?' }),
      date: ago(n + 2),
      flags: ['\\Seen'],
    })),
  )
  desk = await startPostern({ profile: newProfile(), provision: team.provision, size: { width: 1280, height: 800 } })
  await synced(desk.page)
})
test.afterAll(async () => {
  await leave(desk, team)
})
test.beforeEach(async () => {
  await answered(desk.page, 'settings.set', { undoSeconds: 0 })
  await nav(desk.page, 'Inbox').click()
})

test("a reply does not leave past a colleague's answer in Sent; it can become a note, and back", async () => {
  const { page } = desk
  await openRow(page, 'Answered by Mei')
  await page.keyboard.press('r')
  await page.keyboard.type('On Friday.')
  await expect(page.getByRole('region', { name: 'Composer' }).getByText('Draft saved')).toBeVisible()
  colleagueAnswers('Answered by Mei', 'On Thursday, at ten.')
  await page.keyboard.press('Control+Enter')
  await nav(page, 'Outbox').click()
  await expect(row(page, /Answered by Mei, Needs review/)).toBeVisible({ timeout: 20_000 })
  await row(page, /Answered by Mei, Needs review/).click()
  const card = conversation(page).getByRole('article', { name: /Message to .*, Needs review/ })
  await expect(card).toContainText('Mei Tanaka answered')
  await expect(card).toContainText('On Thursday, at ten.')
  await expect(conversation(page).getByRole('button', { name: 'Status: Open' })).toBeVisible()
  await look(desk, 'held-reply')
  await card.getByRole('button', { name: 'Make it a note' }).click()
  const note = conversation(page).getByRole('article', { name: 'Internal note by Ana Ferreira' })
  await expect(note).toContainText('On Friday.')
  await page.getByRole('status', { name: 'Messages' }).getByRole('button', { name: /Undo/ }).click()
  await expect(note).toHaveCount(0)
  await expect(replyBox(page)).toContainText('On Friday.')
  await expect(page.getByRole('region', { name: 'Composer' })).toContainText('Mei Tanaka answered since you began')
  await look(desk, 'since-strip')
  expect(sentAbout('Answered by Mei')).toBe(0)
  await page.getByRole('button', { name: 'My reply still fits' }).click()
  await expect(page.getByRole('button', { name: 'My reply still fits' })).toHaveCount(0)
  await replyBox(page).click()
  await page.keyboard.press('Control+Enter')
  await expect.poll(() => sentAbout('Answered by Mei'), { timeout: 20_000 }).toBe(1)
})

test('mail that comes in while one writes stops the reply at Send; sent anyway, it leaves once', async () => {
  const { page } = desk
  await openRow(page, 'Wrote again')
  await page.keyboard.press('r')
  await page.keyboard.type('It is ready.')
  await expect(page.getByRole('region', { name: 'Composer' }).getByText('Draft saved')).toBeVisible()
  await deliver(
    team,
    mail({
      subject: 'Re: Wrote again',
      inReplyTo: idOf('Wrote again'),
      references: `<${idOf('Wrote again')}>`,
      text: 'Never mind, I found it.',
    }),
  )
  await expect(page.getByRole('region', { name: 'Composer' })).toContainText('Priya Raman wrote since you began')
  await page.keyboard.press('Control+Enter')
  const card = conversation(page).getByRole('article', { name: /Message to .*, Needs review/ })
  await expect(card).toContainText('Never mind, I found it.')
  await card.getByRole('button', { name: 'Send anyway' }).click()
  await expect.poll(() => sentAbout('Wrote again'), { timeout: 20_000 }).toBe(1)
  await expect
    .poll(() =>
      onServer(team, 'help', 'Sent').filter(({ id }) =>
        team.postfix.deliveries().some(({ text }) => text.includes('Re: Wrote again') && text.includes(id)),
      ),
    )
    .toHaveLength(1)
  await expect(card).toHaveCount(0)
})

test('a scheduled reply waits in the outbox, can be given another time, and leaves when it is told to', async () => {
  const { page } = desk
  await openRow(page, 'For tomorrow')
  await page.keyboard.press('r')
  await page.keyboard.type('Good morning.')
  await page.getByRole('button', { name: 'More ways to send' }).click()
  await page.getByRole('menuitem', { name: 'Send later…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Send later' })
  await expect(dialog.getByRole('checkbox', { name: /Only if nobody answers meanwhile/ })).toBeChecked()
  await look(desk, 'send-later')
  await dialog.getByRole('button', { name: /Tomorrow morning/ }).click()
  await nav(page, 'Outbox').click()
  await expect(row(page, /For tomorrow, Scheduled for tomorrow/)).toBeVisible()
  await row(page, /For tomorrow/)
    .getByRole('button', { name: 'Change time…' })
    .click()
  await page
    .getByRole('dialog', { name: 'Change when it leaves' })
    .getByRole('button', { name: /In one hour/ })
    .click()
  await row(page, /For tomorrow/).click()
  const card = conversation(page).getByRole('article', { name: /Scheduled for/ })
  await expect(card).toContainText('Only if nobody answers meanwhile')
  await look(desk, 'scheduled')
  expect(sentAbout('For tomorrow')).toBe(0)
  await card.getByRole('button', { name: 'Send now' }).click()
  await expect.poll(() => sentAbout('For tomorrow'), { timeout: 20_000 }).toBe(1)
})

test('what was queued offline is held when a colleague answered meanwhile; what nobody answered leaves', async () => {
  const { page } = desk
  await openRow(page, 'Came back from a train')
  await team.cutCables()
  await answerByKeyboard(page, 'Written on the train.')
  await nav(page, 'Inbox').click()
  await openRow(page, 'Plain')
  await answerByKeyboard(page, 'Also written on the train.')
  colleagueAnswers('Came back from a train', 'Done meanwhile.')
  await team.restoreCables()
  await expect.poll(() => sentAbout('Plain'), { timeout: 40_000 }).toBe(1)
  await nav(page, 'Outbox').click()
  await expect(row(page, /Came back from a train, Needs review/)).toBeVisible({ timeout: 20_000 })
  expect(sentAbout('Came back from a train')).toBe(0)
  await look(desk, 'outbox')
})

test("a reply that could not be delivered says so at the message, in red, with the server's line", async () => {
  const { page } = desk
  await openRow(page, 'Bounces')
  await answerByKeyboard(page, 'Please come by.')
  await expect.poll(() => sentAbout('Bounces'), { timeout: 20_000 }).toBe(1)
  const text = team.postfix.deliveries().find((one) => one.text.includes('Subject: Re: Bounces'))?.text ?? ''
  const head = (name: string): string => new RegExp(`^${name}: (.*)$`, 'im').exec(text)?.[1] ?? ''
  const report = [
    '--r',
    'Content-Type: text/plain',
    '',
    'Sorry.',
    '--r',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mx.harbourcycle.example',
    '',
    'Final-Recipient: rfc822; priya@harbourcycle.example',
    'Action: failed',
    'Status: 5.1.1',
    'Diagnostic-Code: smtp; 550 5.1.1 mailbox of Priya is gone',
    '',
    '--r',
    'Content-Type: text/rfc822-headers',
    '',
    `Message-ID: ${head('Message-ID')}`,
    `X-Postern-Id: ${head('X-Postern-Id')}`,
    '',
    '--r--',
    '',
  ].join('\r\n')
  const raw = mail({
    from: 'Mail Delivery System <MAILER-DAEMON@mx.harbourcycle.example>',
    subject: 'Undelivered Mail Returned to Sender',
    headers: [
      'Auto-Submitted: auto-replied',
      'Content-Type: multipart/report; report-type=delivery-status; boundary="r"',
    ],
    text: '',
  })
  await deliver(
    team,
    `${raw
      .slice(0, raw.indexOf('\r\n\r\n'))
      .split('\r\n')
      .filter((line) => !/^(?:content-type: text|content-transfer|mime-version)/i.test(line))
      .join('\r\n')}\r\nMIME-Version: 1.0\r\n\r\n${report}`,
  )
  await nav(page, 'Inbox').click()
  await expect(row(page, /Bounces/)).toBeVisible({ timeout: 20_000 })
  await openRow(page, 'Bounces')
  const message = conversation(page).getByRole('article', { name: 'Message from Ana Ferreira' })
  await expect(message).toContainText('Could not be delivered to priya@harbourcycle.example.')
  await expect(message).toContainText('550 5.1.1 mailbox of Priya is gone')
  await look(desk, 'not-delivered')
  await message.getByRole('button', { name: 'Show addresses and date' }).click()
  await expect(message).toContainText(/Accepted.*250/)
})

test("a reply to what came back to us waits for a person's word; what a list sent back is no customer's answer", async () => {
  const { page } = desk
  await openRow(page, 'Goes in circles')
  await answerByKeyboard(page, 'It is in the post.')
  await expect.poll(() => sentAbout('Goes in circles'), { timeout: 20_000 }).toBe(1)
  const text = team.postfix.deliveries().find((one) => one.text.includes('Subject: Re: Goes in circles'))?.text ?? ''
  const own = /^X-Postern-Id: .*$/im.exec(text)?.[0] ?? ''
  await deliver(
    team,
    mail({
      from: 'Bike club <club@harbourcycle.example>',
      subject: 'Re: Goes in circles',
      inReplyTo: idOf('Goes in circles'),
      references: `<${idOf('Goes in circles')}>`,
      text: 'It is in the post.',
      headers: [own],
    }),
  )
  await nav(page, 'Closed').click()
  await openRow(page, 'Goes in circles')
  await expect(conversation(page).getByText('Came back to us')).toBeVisible({ timeout: 20_000 })
  await expect(conversation(page).getByRole('button', { name: 'Status: Closed' })).toBeVisible()
  await expect(page.getByRole('region', { name: 'Composer' }).getByText('Priya Raman')).toBeVisible()
  await answerByKeyboard(page, 'Once more.')
  const card = conversation(page).getByRole('article', { name: /Message to .*, Needs review/ })
  await expect(card).toContainText('came back to your own mailbox')
  await look(desk, 'loop')
  const left = () =>
    team.postfix
      .deliveries()
      .filter(
        (one) => one.sender === 'help@northwindbikes.example' && one.text.includes('Subject: Re: Goes in circles'),
      ).length
  expect(left()).toBe(1)
  await card.getByRole('button', { name: 'Send anyway' }).click()
  await expect.poll(left, { timeout: 20_000 }).toBe(2)
})

test('a reply whose end the server never confirmed is called neither sent nor not sent; a person decides, and sent again it is the same message (R40)', async () => {
  const { page } = desk
  const sink = await startSmtpSink()
  const [help] = (await answered(page, 'mailboxes.list', {})).mailboxes
  if (!help) throw new Error('one mailbox')
  const { name, address, imap, smtp } = help
  const through = async (port: number): Promise<unknown> =>
    answered(page, 'app.updateMailbox', {
      id: help.id,
      settings: { name, address, imap, smtp: { ...smtp, port } },
      password: 'secret-help',
    })
  await through(sink.port)
  try {
    sink.breakNext()
    await openRow(page, 'In doubt')
    await answerByKeyboard(page, 'It is ready.')
    await nav(page, 'Outbox').click()
    await openRow(page, 'In doubt')
    const card = conversation(page).getByRole('article', { name: /Checking whether it arrived/ })
    await expect(card).toContainText('The connection broke at the last moment.', { timeout: 20_000 })
    await look(desk, 'in-doubt')
    expect(sink.deliveries()).toHaveLength(1)
    await card.getByRole('button', { name: 'Send again' }).click()
    await expect.poll(() => sink.deliveries().length, { timeout: 20_000 }).toBe(2)
    const [first, second] = sink.deliveries().map(({ text }) => text)
    expect(second).toBe(first)
    await expect(card).toHaveCount(0)
  } finally {
    await through(smtp.port)
    await sink.stop()
  }
})
