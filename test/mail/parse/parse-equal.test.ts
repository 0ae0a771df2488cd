import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readAnyMime, type MimeMessage } from '../../../src-main/mail/parse/mime'
import { readSimpleMime } from '../../../src-main/mail/parse/mime-simple'
import { parseMessage } from '../../../src-main/mail/parse/parse-message'
import { unpackSource } from '../../../src-main/shared/message-body'
import { corporaHome, mimeSets } from '../../fixtures/corpora'
import { makeMessages, numbers } from './make-messages'

const sample = join(import.meta.dirname, '../../../resources/sample')

function filesUnder(dir: string, limit: number): string[] {
  if (!existsSync(dir)) return []
  return readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .toSorted()
    .map((name) => join(dir, name))
    .filter(
      (file) =>
        statSync(file).isFile() &&
        statSync(file).size < limit &&
        !/\.(json|html?|md|py|js|sh|yml|LICENSE.*)$/i.test(file) &&
        !/LICENSE|README/.test(file),
    )
}
const mailSets = [...mimeSets, 'talon']
const corpusFiles = mailSets.flatMap((set) => filesUnder(join(corporaHome, set), 5_000_000))

/** The same in a form that shows a difference well. */
function plain(mime: MimeMessage): unknown {
  const { places: _places, ...rest } = mime
  return {
    ...rest,
    parts: mime.parts.map((part) => ({ ...part, content: Buffer.from(part.content).toString('latin1') })),
  }
}

async function compare(raw: Buffer): Promise<boolean> {
  const simple = readSimpleMime(raw)
  if (!simple) return false
  expect(plain(simple)).toEqual(plain(await readAnyMime(raw)))
  return true
}

describe('the quick reader gives nothing else than postal-mime', () => {
  test('for generated mail, all of which it reads itself', async () => {
    for (const { raw } of makeMessages(200)) expect(await compare(raw)).toBe(true)
  })

  test('for the sample mail', async () => {
    const files = filesUnder(sample, 5_000_000).filter((file) => file.endsWith('.eml'))
    let quick = 0
    for (const file of files) {
      try {
        if (await compare(readFileSync(file))) quick += 1
      } catch (error) {
        throw new Error(file, { cause: error })
      }
    }
    expect(files.length === 0 || quick / files.length > 0.5).toBe(true)
  })

  test.skipIf(corpusFiles.length === 0)('for foreign mail (skipped: ../shared/corpora is absent)', async () => {
    let quick = 0
    const differing: string[] = []
    for (const file of corpusFiles) {
      try {
        if (await compare(readFileSync(file))) quick += 1
      } catch {
        differing.push(file.slice(corporaHome.length + 1))
      }
    }
    expect(differing).toEqual([])
    expect(quick).toBeGreaterThan(corpusFiles.length / 4)
  })

  test('for damaged mail: bytes changed, cut off, doubled', async () => {
    const random = numbers(11)
    const below = (limit: number): number => Math.floor(random() * limit)
    const seeds = [...makeMessages(20, 3)]
      .map((message) => message.raw.subarray(0, 3000))
      .concat(
        filesUnder(sample, 200_000)
          .filter((file) => file.endsWith('.eml'))
          .slice(0, 40)
          .map((file) => readFileSync(file)),
      )
    for (let round = 0; round < 1500; round += 1) {
      const raw = Buffer.from(seeds[below(seeds.length)] ?? Buffer.alloc(0))
      const changes = 1 + below(4)
      let changed = raw
      for (let index = 0; index < changes; index += 1) {
        const at = below(changed.length)
        const kind = below(4)
        if (kind === 0) changed[at] = below(256)
        else if (kind === 1) changed = Buffer.concat([changed.subarray(0, at), changed.subarray(at + below(60))])
        else if (kind === 2)
          changed = Buffer.concat([changed.subarray(0, at), changed.subarray(Math.max(0, at - below(80)))])
        else
          changed = Buffer.concat([
            changed.subarray(0, at),
            Buffer.from(['\r', '\n', '=', ';', '"', '--', '\r\n\r\n', '(', '\0'][below(9)] ?? ''),
            changed.subarray(at),
          ])
      }
      await compare(changed)
    }
  })
})

describe('no byte string throws, hangs or is lost (R24)', () => {
  test.skipIf(corpusFiles.length === 0)(
    'every foreign message, each in less than two seconds (skipped: ../shared/corpora is absent)',
    async () => {
      for (const file of [...corpusFiles, ...filesUnder(join(corporaHome, 'naughty-strings'), 5_000_000)]) {
        const raw = readFileSync(file)
        // Processor time of this thread: the clock would measure what else runs on the machine.
        const from = process.threadCpuUsage()
        const message = await parseMessage(raw)
        const { user, system } = process.threadCpuUsage(from)
        if (user + system > 2_000_000) throw new Error(`${file} took ${(user + system) / 1000} ms`)
        expect(Buffer.compare(Buffer.from(unpackSource(message.body, message.source)), raw)).toBe(0)
      }
    },
  )

  test('random bytes', async () => {
    const random = numbers(5)
    for (let round = 0; round < 500; round += 1) {
      const raw = Buffer.from(Array.from({ length: Math.floor(random() * 400) }, () => Math.floor(random() * 256)))
      expect((await parseMessage(raw)).rawSize).toBe(raw.length)
    }
  })
})
