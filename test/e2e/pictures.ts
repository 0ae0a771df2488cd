/** Looking at a place as a person would: pictures in both themes and sizes, and axe. */
import { mkdirSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import AxeBuilder from '@axe-core/playwright'
import { expect } from '@playwright/test'
import { answered } from './hands'
import type { Desk } from './harness'

/** Where the pictures go; POSTERN_SHOTS names a folder to keep them in. */
const shots = process.env['POSTERN_SHOTS'] ?? mkdtempSync(join(tmpdir(), 'postern-shots-'))
mkdirSync(shots, { recursive: true })

/** A picture of what is on screen in both themes and sizes; axe finds nothing in it. */
export async function look({ app, page }: Desk, name: string): Promise<void> {
  for (const [width, height, theme] of [[1280, 800, 'light'], [1280, 800, 'dark'], [960, 600, 'light'], [960, 600, 'dark']] as const) {
    await app.evaluate(({ BrowserWindow }, size) => BrowserWindow.getAllWindows()[0]?.setContentSize(size[0], size[1]), [width, height] as const)
    await expect.poll(() => page.evaluate((w) => Math.abs(innerWidth - w), width)).toBeLessThanOrEqual(1)
    await answered(page, 'app.setTheme', { theme })
    await page.emulateMedia({ colorScheme: theme })
    await page.evaluate(() => Promise.all(document.getAnimations().filter((one) => one.effect?.getComputedTiming().iterations !== Infinity).map((one) => one.finished.catch(() => null))))
    await page.screenshot({ path: join(shots, `${name}-${theme}-${width}.png`) })
    if ((theme === 'light') !== (width === 1280)) continue
    const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']).disableRules('label-title-only').exclude('iframe').analyze()
    expect.soft(violations.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 4).map((node) => `${node.target.join(' ')} ${node.failureSummary?.split('\n')[1] ?? ''}`).join(' | ')}`), `${name} ${theme} ${width}`).toEqual([])
  }
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setContentSize(1280, 800))
}
