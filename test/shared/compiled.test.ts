import fs from 'node:fs'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { compiledOf, lastCompilerLate, scriptOf } from '../../src-main/shared/compiled'
import { tempFolder } from '../servers/process.mjs'

const dir = tempFolder('compiled')
afterAll(() => fs.rmSync(dir, { recursive: true, force: true }))

/** A built file with a compiled form beside it, as the build makes it. */
function built(name: string, source: string): string {
  const file = path.join(dir, name)
  fs.writeFileSync(file, source)
  fs.writeFileSync(compiledOf(file), scriptOf(file).createCachedData())
  return file
}
function exportsOf(file: string): { rejected: boolean | undefined; exports: object } {
  const script = scriptOf(file)
  const exports = {}
  const run: unknown = script.runInThisContext()
  if (typeof run !== 'function') throw new TypeError('no function')
  Reflect.apply(run, exports, [exports])
  return { rejected: script.cachedDataRejected, exports }
}

test('what the build compiled is run, not compiled again', () => {
  expect(exportsOf(built('one.cjs', 'exports.is = "one"'))).toEqual({ rejected: false, exports: { is: 'one' } })
})

test('a compiled form of another source, a broken one and none at all cost time only', () => {
  const file = built('two.cjs', 'exports.is = "two"')
  // Each source once: what V8 has compiled in this process, it knows without any file.
  fs.writeFileSync(file, 'exports.is = "another"')
  expect(exportsOf(file)).toEqual({ rejected: true, exports: { is: 'another' } })
  fs.writeFileSync(file, 'exports.is = "a third"')
  fs.writeFileSync(compiledOf(file), 'nothing that V8 made')
  expect(exportsOf(file)).toEqual({ rejected: true, exports: { is: 'a third' } })
  fs.writeFileSync(file, 'exports.is = "the fourth"')
  fs.rmSync(compiledOf(file))
  expect(exportsOf(file)).toEqual({ rejected: undefined, exports: { is: 'the fourth' } })
})

// Last: from here on this process has other switches.
test('the switch that holds the last compiler back is none that V8 does not know', () => {
  const file = built('five.cjs', 'exports.is = "five"')
  lastCompilerLate()
  fs.writeFileSync(file, 'exports.is = "5555"')
  // Of the same length, so that only the switch is in the way.
  expect(exportsOf(file)).toEqual({ rejected: true, exports: { is: '5555' } })
})
