/**
 * bench:ui. What a person does while another mailbox syncs in the background, measured inside the page: from the moment the
 * system had the key or the click (the event's own time) to the frame with its result painted.
 * Switching conversations: three in four with J, one with a click on the row; the conversation painted must be the row's.
 * Typing: a letter in the reply. Searching: a letter in the search field, until the hits for the text typed so far are there.
 */
import fs from 'node:fs'
import { startDovecot } from '../servers/dovecot.mjs'
import { fill } from './mailbox.mjs'
import { figure, percentile, median, sleep } from './measure.mjs'
import { mailboxSettings, newProfile, startProgram, untilSynced } from './program.mjs'

export default async function benchUi({ electron, env, count = 20_000, switches = 300 }) {
  const dovecot = await startDovecot({
    users: [
      { name: 'support', password: 'pw' },
      { name: 'busy', password: 'pw' },
    ],
  })
  const profile = newProfile()
  try {
    fill(dovecot.maildirOf('support'), 2000)
    fill(dovecot.maildirOf('busy'), count, { to: 'busy@acme.example', seed: 11 })
    const desk = await startProgram({ electron, env, profile })
    const { page } = desk
    const first = await desk.call('app.addMailbox', {
      settings: mailboxSettings('support', dovecot.port),
      password: 'pw',
    })
    await untilSynced(desk.call, 2000)
    await openList(page)
    const rest = {
      switches: await switchThrough(page, Math.min(100, switches)),
      typing: await type(page, 40),
      search: await search(page, 20),
    }

    await desk.call('app.addMailbox', { settings: mailboxSettings('busy', dovecot.port), password: 'pw' })
    const syncing = async () =>
      (await desk.call('sync.status')).mailboxes.some(
        ({ mailboxId, done, total }) => mailboxId !== first.id && (total === 0 || done < total),
      )
    await openList(page)
    const busy = { switches: [], typing: [], search: [] }
    while (busy.switches.length < switches) {
      const share = {
        switches: await switchThrough(page, 20),
        typing: await type(page, 10),
        search: await search(page, 5),
      }
      // What was measured after the last mail had come does not count.
      if (!(await syncing())) break
      for (const kind of Object.keys(busy)) busy[kind].push(...share[kind])
    }
    if (busy.switches.length < 40)
      throw new Error('the sync was over before enough was measured: give it a larger --count')
    for (const kind of Object.keys(busy)) {
      for (const [when, values] of [
        ['at rest', rest[kind]],
        ['while mail came in', busy[kind]],
      ]) {
        console.log(
          `${kind} ${when}: median ${median(values).toFixed(1)} ms, p95 ${percentile(values, 0.95).toFixed(1)} ms (${values.length})`,
        )
      }
    }
    figure('ui.switch-p95', percentile(busy.switches, 0.95), 'ms')
    figure('ui.typing-p95', percentile(busy.typing, 0.95), 'ms')
    figure('ui.search-p95', percentile(busy.search, 0.95), 'ms')
    await desk.close()
  } finally {
    await dovecot.stop()
    fs.rmSync(profile, { recursive: true, force: true })
  }
}

const rows = (page) => page.getByRole('grid', { name: 'Conversations' }).getByRole('row')

/** Shows the list of the first mailbox with its first conversation open. */
async function openList(page) {
  await page
    .getByRole('navigation', { name: 'Views' })
    .getByRole('button', { name: /^support/i })
    .click()
  await rows(page).first().click()
  await page.getByRole('region', { name: 'Conversation', exact: true }).locator('.msg-body').first().waitFor()
}

/** What stands in the page when something did not come about: whether the key went astray, or its result. */
const stands = `{
  before, focus: document.activeElement?.outerHTML.slice(0, 120),
  open: [...document.querySelectorAll('.row.on')].map((row) => row.dataset.index + ' ' + row.querySelector('.subj')?.textContent),
  shown: document.querySelector('section.conv')?.textContent.slice(0, 200), rows: document.querySelectorAll('.row').length,
}`

/**
 * Lets `act` do something and answers with the ms from the next event `type` to the frame in which `done` is painted.
 * @param {string} type of the event that begins it, as it reaches the page
 * @param {string} done an expression that is true in the page once the result stands there; `before` is what `note` gave
 * @param {string} note an expression that is looked at before
 */
async function timed(page, type, note, done, act) {
  // The page listens before the key goes down: the two travel on different ways.
  await page.evaluate(`void (window.measured = new Promise((resolve, reject) => {
    const before = ${note}
    const give = setTimeout(() => reject(new Error(${JSON.stringify(`not within 5 s: ${done}`)} + ' ' + JSON.stringify(${stands}))), 5000)
    addEventListener('${type}', (event) => {
      const look = () => {
        if (!(${done})) return requestAnimationFrame(look)
        // This frame paints what was found in the document; a message posted in it arrives after that.
        const after = new MessageChannel()
        after.port1.onmessage = () => {
          clearTimeout(give)
          resolve(performance.now() - event.timeStamp)
        }
        after.port2.postMessage(null)
      }
      requestAnimationFrame(look)
    }, { once: true, capture: true })
  }))`)
  await act()
  return page.evaluate(() => window.measured)
}

const subject = "document.querySelector('section.conv h2')?.textContent"
const switched = `${subject} !== before && ${subject} === document.querySelector('.row.on .subj')?.textContent
  && document.querySelector('section.conv .msg-body')?.textContent.trim()`

/** Walks through the list; ms for each switch. */
export async function switchThrough(page, times) {
  const out = []
  for (let n = 0; n < times; n += 1) {
    const next = n % 4 === 3 ? page.locator('.row.on + .row') : null
    if (!next) out.push(await timed(page, 'keydown', subject, switched, () => page.keyboard.press('j')))
    else {
      await next.scrollIntoViewIfNeeded()
      const box = await next.boundingBox()
      out.push(await timed(page, 'click', subject, switched, () => page.mouse.click(box.x + 120, box.y + 30)))
    }
  }
  return out
}

const written = "document.querySelector('[role=textbox][aria-label=Reply]')?.textContent.length"

/** Writes letters into the reply of the open conversation, a person's 12 a second; ms for each. */
export async function type(page, letters) {
  const out = []
  await page.keyboard.press('r')
  await page.getByRole('textbox', { name: 'Reply' }).and(page.locator(':focus')).waitFor()
  for (let n = 0; n < letters; n += 1) {
    out.push(
      await timed(page, 'keydown', written, `${written} > before`, () =>
        page.keyboard.press('abcde fghij'[n % 11] === ' ' ? 'k' : 'abcdefghij'[n % 10]),
      ),
    )
    await sleep(80)
  }
  // The list has the keys again.
  await rows(page).and(page.locator('.on')).focus()
  return out
}

/** Types a word of the mail letter by letter; ms until the hits of each text are painted. */
export async function search(page, letters) {
  const out = []
  const field = page.getByRole('searchbox', { name: 'Search' })
  for (let n = 0; n < letters; n += 5) {
    await field.fill('')
    await field.focus()
    const word = `w0${String(1000 + n * 37).slice(-4)}`
    for (let at = 0; at < 5 && n + at < letters; at += 1) {
      const typed = word.slice(0, at + 2)
      if (at === 0) await page.keyboard.type(word[0])
      out.push(
        await timed(
          page,
          'keydown',
          'null',
          `document.activeElement?.value === '${typed}' && document.querySelector('[data-pane=search]:not([aria-busy])')`,
          () => page.keyboard.press(word[at + 1]),
        ),
      )
      await sleep(120)
    }
  }
  await openList(page)
  return out
}
