import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, type Locator, type Page } from '@playwright/test'
import type axe from 'axe-core'
import * as z from 'zod'
import { moduleFile } from '../../build/lib/machine.mjs'
import { tempFolder } from '../servers/process.mjs'
import { answered } from './hands'
import type { Desk } from './harness'

declare global {
  interface Window {
    axe: typeof axe
  }
}

const kept = process.env['POSTERN_SHOTS']
/** Where the pictures go; POSTERN_SHOTS names a folder to keep them in. */
export const shots = kept ?? tempFolder('shots')
mkdirSync(shots, { recursive: true })

export const sizes = [
  { width: 1280, height: 800 },
  { width: 960, height: 600 },
] as const
// The short form, and no answer: a page that is looked at once pays as much for the source as for the look.
const axeSource = `${readFileSync(moduleFile('axe-core', 'axe.min.js'), 'utf8')};0`
/** What axe says of a text whose colour is its background's. */
const SameColours = z.object({ messageKey: z.literal('equalRatio') })

/** Colours that are on their way would be measured half-way. */
export async function atRest(page: Page): Promise<void> {
  await page.evaluate(() =>
    Promise.all(
      document
        .getAnimations()
        .filter((one) => one.effect?.getComputedTiming().iterations !== Infinity)
        .map((one) => one.finished.catch(() => null)),
    ),
  )
}

export async function resize(desk: Desk, size: (typeof sizes)[number]): Promise<void> {
  await desk.app.evaluate(
    ({ BrowserWindow }, s) => BrowserWindow.getAllWindows()[0]?.setContentSize(s.width, s.height),
    size,
  )
  // Without a window manager a window comes out a pixel smaller.
  await expect
    .poll(() =>
      desk.page.evaluate(([w, h]) => Math.max(Math.abs(innerWidth - w), Math.abs(innerHeight - h)), [
        size.width,
        size.height,
      ] as const),
    )
    .toBeLessThanOrEqual(1)
}

export async function setTheme(page: Page, theme: 'light' | 'dark'): Promise<void> {
  await answered(page, 'app.setTheme', { theme })
  // Playwright holds every page to light unless told otherwise.
  await page.emulateMedia({ colorScheme: theme })
  // A window that was opened with a theme of its own keeps it, whatever the system says.
  await page.evaluate((name) => {
    const { dataset } = document.documentElement
    if (dataset['theme']) dataset['theme'] = name
  }, theme)
}

/** What axe finds in the page, without the mails in their frames. Its source goes in once a page: that takes longer than a look. */
async function faults(page: Page): Promise<axe.AxeResults> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axeSource)
  const hasMenu = (await page.getByRole('menu').count()) > 0
  return page.evaluate((options) => window.axe.run({ exclude: ['iframe'] }, options), {
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    resultTypes: ['violations', 'incomplete'],
    rules: {
      // Selects are named by the title of their row, which is text that everybody sees.
      'label-title-only': { enabled: false },
      // A menu, like a dialog, stands outside of the landmarks; axe knows that of dialogs only.
      ...(hasMenu ? { region: { enabled: false } } : {}),
    },
  } satisfies axe.RunOptions)
}

/**
 * What is on screen in two sizes, light and dark: axe finds nothing, nothing scrolls sideways. Both themes and both sizes pass by;
 * all four together would only cost time, unless somebody wants the pictures (POSTERN_SHOTS).
 */
export async function look(desk: Desk, name: string): Promise<void> {
  const { page } = desk
  for (const size of sizes) {
    await resize(desk, size)
    for (const theme of ['light', 'dark'] as const) {
      const looked = (theme === 'light') === (size === sizes[0])
      if (!looked && !kept) continue
      await setTheme(page, theme)
      await expect
        .poll(() => page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches))
        .toBe(theme === 'dark')
      const backdrop = await page.evaluate(() => getComputedStyle(document.body).backgroundColor)
      expect(Number(/\d+/.exec(backdrop)?.[0]) < 128, `${name} stands on ${backdrop}`).toBe(theme === 'dark')
      // Every mail that is shown has taken the theme over, and the one it replaces is gone.
      for (const frame of await page.locator('.mail-slot .mail-frame').all()) {
        const inside = frame.contentFrame().locator('html')
        await expect
          .poll(() =>
            inside.evaluate((html) => [
              html.style.colorScheme,
              document.querySelectorAll('iframe').length,
              document.querySelectorAll('iframe.next').length,
            ]),
          )
          .toEqual([theme, 1, 0])
      }
      await atRest(page)
      if (kept) await page.screenshot({ path: join(kept, `${name}-${theme}-${size.width}.png`) })
      if (looked) {
        const { violations, incomplete } = await faults(page)
        expect
          .soft(
            violations.map(
              ({ id, nodes }) =>
                `${id}: ${nodes
                  .slice(0, 4)
                  .map((node) => `${node.target.join(' ')} ${node.failureSummary?.split('\n')[1] ?? ''}`)
                  .join(' | ')}`,
            ),
            `${name} ${theme} ${size.width}`,
          )
          .toEqual([])
        // Text in the very colour of what it stands on is no violation to axe, which takes it for hidden on purpose.
        expect
          .soft(
            incomplete.flatMap(({ nodes }) =>
              nodes
                .filter(({ any }) => any.some(({ data }) => SameColours.safeParse(data).success))
                .map(({ html }) => html),
            ),
            `${name} ${theme} ${size.width} has text that nobody sees`,
          )
          .toEqual([])
      }
      expect
        .soft(
          await page.evaluate(() => [
            document.documentElement.scrollWidth - innerWidth,
            document.body.scrollWidth - innerWidth,
            document.documentElement.scrollHeight - innerHeight,
          ]),
          `${name} ${theme} ${size.width} does not scroll`,
        )
        .toEqual([0, 0, 0])
    }
  }
  await resize(desk, sizes[0])
}

/** An element as far as what it scrolls in shows it, without what lies above it elsewhere. */
export async function pictureOf(place: Locator): Promise<Buffer> {
  await atRest(place.page())
  const clip = await place.evaluate((element) => {
    const [own, seen] = [element, element.closest('.scroll') ?? element].map((one) => one.getBoundingClientRect())
    const [x, y] = [Math.max(own?.left ?? 0, seen?.left ?? 0), Math.max(own?.top ?? 0, seen?.top ?? 0)]
    const [right, bottom] = [Math.min(own?.right ?? 0, seen?.right ?? 0), Math.min(own?.bottom ?? 0, seen?.bottom ?? 0)]
    return { x, y, width: right - x, height: bottom - y }
  })
  return place.page().screenshot({ clip, caret: 'hide' })
}
