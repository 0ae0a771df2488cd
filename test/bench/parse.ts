/** Messages a second of the parser path, on one thread: `npm run bench -- parse` or this file under the shipping runtime. */
import PostalMime from 'postal-mime'
import { viewHtml } from '../../src-main/mail/html-view'
import { readMime } from '../../src-main/mail/mime'
import { parseMessage } from '../../src-main/mail/parse-message'
import { makeMessages } from '../mail/make-messages'

const count = Number(process.argv.at(-1)) || 20_000
const messages = [...makeMessages(count)].map((message) => message.raw)
const megabytes = messages.reduce((sum, raw) => sum + raw.length, 0) / 1e6

async function measure(name: string, one: (raw: Buffer) => unknown): Promise<void> {
  for (const raw of messages.slice(0, 500)) await one(raw)
  const from = performance.now()
  for (const raw of messages) await one(raw)
  const seconds = (performance.now() - from) / 1000
  process.stdout.write(`figure parse.${name} ${seconds.toFixed(2)} s for ${count} messages of ${megabytes.toFixed(0)} MB (${Math.round(count / seconds)} a second)\n`)
}

await measure('postal-mime', (raw) => PostalMime.parse(raw))
await measure('read-mime', (raw) => readMime(raw))
const htmls = await Promise.all(messages.slice(0, 2000).map(async (raw) => (await readMime(raw)).html ?? ''))
const from = performance.now()
for (const html of htmls) viewHtml(html)
process.stdout.write(`figure parse.html-view ${(((performance.now() - from) / htmls.length) * count / 1000).toFixed(2)} s for ${count} (of ${htmls.length} measured)\n`)
await measure('whole', (raw) => parseMessage(raw))
