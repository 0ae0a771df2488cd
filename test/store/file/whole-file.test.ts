import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { writeEach, writeWhole } from '../../../src-main/store/file/whole-file'
import { tempFolder } from '../../servers/process.mjs'
import { codeOf, Harness } from '../helpers'

let store: Harness
let dir: string
beforeEach(async () => {
  store = await Harness.make()
  dir = tempFolder('whole')
})
afterEach(async () => {
  await store.stop()
  rmSync(dir, { recursive: true, force: true })
})
const workspace = () => store.service.open.workspace

test('no new file has its name before all of it is there, and none is taken from who has it meanwhile', async () => {
  const file = path.join(dir, 'plan.pdf')
  await writeWhole(
    workspace(),
    file,
    async (handle) => {
      await handle.writeFile('half')
      expect(existsSync(file)).toBe(false)
      await handle.writeFile(', whole')
    },
    'new',
  )
  expect(readFileSync(file, 'utf8')).toBe('half, whole')
  const late = path.join(dir, 'late.pdf')
  const write = writeWhole(
    workspace(),
    late,
    async (handle) => {
      await handle.writeFile('ours')
      writeFileSync(late, 'theirs')
    },
    'new',
  )
  expect(await codeOf(write)).toBe('conflict')
  expect(readFileSync(late, 'utf8')).toBe('theirs')
  expect(readdirSync(dir).toSorted()).toEqual(['late.pdf', 'plan.pdf'])
})

test('of files that are written one after another none is left in part by a kill, and those that are whole stay', async () => {
  const part = path.join(dir, 'message.part')
  let stop: () => void = () => undefined
  const killed = new Promise<void>((resolve) => {
    stop = resolve
  })
  let reached = false
  const work = writeEach(workspace(), part, async (write) => {
    await write(path.join(dir, 'one.eml'), Buffer.from('one'), new Date(5000))
    writeFileSync(part, 'tw')
    reached = true
    await killed
  })
  await expect.poll(() => reached).toBe(true)
  await store.restart()
  await expect.poll(() => readdirSync(dir)).toEqual(['one.eml'])
  stop()
  await work.catch(() => undefined)
})

test('a file that cannot be written leaves no part, and ends the work', async () => {
  const part = path.join(dir, 'message.part')
  const written = writeEach(workspace(), part, async (write) => {
    await write(path.join(dir, 'nowhere', 'one.eml'), Buffer.from('one'), new Date(5000))
  })
  await expect(written).rejects.toThrow('ENOENT')
  expect(readdirSync(dir)).toEqual([])
  expect(store.db.read.all('SELECT path FROM part_files')).toEqual([])
})
