/**
 * Processor time of the parser path for N messages, each step by itself: `node build/bench.mjs parse [N]`. Processor time,
 * not wall time, so that other work on the machine disturbs less.
 */
import PostalMime from 'postal-mime'
import { viewHtml } from '../../src-main/mail/parse/html-view'
import { readMime } from '../../src-main/mail/parse/mime'
import { packMessage } from '../../src-main/shared/message-body'
import { parseMessage } from '../../src-main/mail/parse/parse-message'
import { makeMessages } from '../mail/parse/make-messages'

const count = Number(process.argv.at(-1)) || 20_000
const messages = [...makeMessages(count)].map((message) => message.raw)
const megabytes = messages.reduce((sum, raw) => sum + raw.length, 0) / 1e6

const cpuSeconds = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

async function measure(name: string, one: (index: number) => unknown): Promise<void> {
  for (let index = 0; index < Math.min(500, count); index += 1) await one(index)
  const from = cpuSeconds()
  for (let index = 0; index < count; index += 1) await one(index)
  const seconds = cpuSeconds() - from
  process.stdout.write(
    `figure parse.${name} ${seconds.toFixed(2)} s for ${count} messages of ${megabytes.toFixed(0)} MB (${Math.round(count / seconds)} a second)\n`,
  )
}

const at = (index: number): Buffer => messages[index] ?? Buffer.alloc(0)
await measure('postal-mime', (index) => PostalMime.parse(at(index)))
await measure('read-mime', (index) => readMime(at(index)))
const mimes = await Promise.all(messages.map((raw) => readMime(raw)))
await measure('html-view', (index) => viewHtml(mimes[index]?.html ?? '', mimes[index]?.text))
await measure('pack', (index) =>
  packMessage(
    {
      text: (mimes[index]?.text ?? '').trimEnd(),
      html: (mimes[index]?.html ?? '').trimEnd(),
      textSuffices: true,
      cut: false,
    },
    at(index),
    mimes[index]?.places,
  ),
)
await measure('whole', (index) => parseMessage(at(index)))
