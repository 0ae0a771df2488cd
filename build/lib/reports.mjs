/** Reading the numbers out of vitest's and Playwright's JSON reports. */
import fs from 'node:fs'
import path from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { root } from './machine.mjs'

/**
 * @typedef {{ passed: number, failed: string[], skipped: number }} Result failed holds one name for each failed test,
 *   with the beginning of what it said
 */

function readJson(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}

/**
 * The first words of an error: they stand at the end of a run, where its middle may have been cut off.
 * @param {string | undefined} message
 */
function said(message) {
  const lines = stripVTControlCharacters(message || 'it failed').split('\n')
  const words = lines.map((line) => line.trim()).filter((line) => line && !line.startsWith('at '))
  return words.slice(0, 4).join(' | ').slice(0, 400)
}

/** A runner that ends badly without a failed test (it crashed, or an error came outside of any test) is a failure too. */
function withExitCode(/** @type {Result} */ result, step, code) {
  if (code !== 0 && result.failed.length === 0)
    result.failed.push(`${step}: the test runner ended with exit code ${code}`)
  return result
}

/**
 * @param {string} step name used for failures outside of tests
 * @param {string} file
 * @param {number} code the runner's exit code
 * @returns {Result}
 */
export function readVitest(step, file, code) {
  const result = /** @type {Result} */ ({ passed: 0, failed: [], skipped: 0 })
  for (const suite of readJson(file)?.testResults ?? []) {
    const name = path.relative(root, suite.name)
    for (const test of suite.assertionResults) {
      if (test.status === 'passed') result.passed += 1
      else if (test.status === 'failed') {
        result.failed.push(`${name}: ${test.fullName}: ${said(test.failureMessages?.[0])}`)
      } else result.skipped += 1
    }
    // A file that cannot even be loaded, or whose hooks fail, has no failed test of its own.
    const hasFailure = suite.assertionResults.some((/** @type {any} */ test) => test.status === 'failed')
    if (suite.status === 'failed' && !hasFailure) {
      result.failed.push(`${name}: ${said(suite.message)}`)
    }
  }
  return withExitCode(result, step, code)
}

/**
 * @param {string} step
 * @param {string} file
 * @param {number} code
 * @returns {Result}
 */
export function readPlaywright(step, file, code) {
  const report = readJson(file)
  const result = /** @type {Result} */ ({ passed: 0, failed: [], skipped: 0 })
  const visit = (suite, trail) => {
    for (const spec of suite.specs ?? []) {
      for (const test of spec.tests) {
        if (test.status === 'skipped') result.skipped += 1
        else if (test.status === 'expected') result.passed += 1
        else {
          const error = test.results?.findLast((/** @type {any} */ run) => run.error)?.error
          result.failed.push(`${spec.file}: ${[...trail, spec.title].join(' ')}: ${said(error?.message)}`)
        }
      }
    }
    for (const inner of suite.suites ?? []) visit(inner, [...trail, inner.title])
  }
  for (const suite of report?.suites ?? []) visit(suite, [])
  for (const error of report?.errors ?? []) result.failed.push(`${step}: ${said(error.message)}`)
  return withExitCode(result, step, code)
}
