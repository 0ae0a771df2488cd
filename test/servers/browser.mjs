/** Debian's chromium as the person's own browser: opens one address and is driven by a test. */
import fs from 'node:fs'
import { chromium } from '@playwright/test'
import { requireProgram, tempFolder } from './process.mjs'

/**
 * @param {string} url
 * @returns {Promise<{ page: import('@playwright/test').Page, close: () => Promise<void> }>} a real window on the screen of the test
 */
export async function openBrowser(url) {
  const profile = tempFolder('browser')
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: requireProgram('chromium', 'chromium'),
    headless: false,
    ignoreHTTPSErrors: true,
    args: [
      '--no-sandbox',
      '--no-first-run',
      '--disable-gpu',
      '--disable-component-update',
      '--disable-background-networking',
      '--disable-dev-shm-usage',
    ],
  })
  const page = context.pages()[0] ?? (await context.newPage())
  await page.goto(url)
  return {
    page,
    close: async () => {
      await context.close()
      fs.rmSync(profile, { recursive: true, force: true })
    },
  }
}
