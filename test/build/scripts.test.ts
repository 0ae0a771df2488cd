import { spawn } from 'node:child_process'
import crypto from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { verifyIntegrity } from '../../build/electron.mjs'
import { isBuilt } from '../../build/lib/app.mjs'
import { checkDatabaseBinary, checkModules, checkNode, root } from '../../build/lib/machine.mjs'
import { readPlaywright, readVitest } from '../../build/lib/reports.mjs'
import { shiftDate } from '../../build/lib/sample.mjs'
import { aptLine, findMissing } from '../../build/prepare.mjs'
import { tempFolder, waitFor } from '../servers/process.mjs'

const dir = tempFolder('build')
afterAll(() => fs.rmSync(dir, { recursive: true, force: true }))
const put = (name: string, text: string) => {
  const file = path.join(dir, name)
  fs.mkdirSync(path.dirname(file), { recursive: true })
  fs.writeFileSync(file, text)
  return file
}

describe('a machine that does not fit is told so in one sentence', () => {
  it('Node', () => {
    expect(() => checkNode('20.18.3')).toThrow('Postern needs Node 20.19 or newer, and this is Node 20.18.3.')
    expect(() => checkNode('18.20.0')).toThrow(/Node 20.19/)
    for (const version of ['20.19.0', '22.0.0', '26.1.0']) checkNode(version)
  })

  it('npm packages', () => {
    const pkg = { dependencies: { one: '1.2.3' }, devDependencies: { two: 'npm:@other/two@2.0.0' } }
    const repo = path.join(dir, 'repo')
    expect(() => checkModules(repo, pkg)).toThrow(/type: npm ci/)
    put('repo/node_modules/one/package.json', '{"version":"1.2.3"}')
    expect(() => checkModules(repo, pkg)).toThrow(/package two is missing/)
    put('repo/node_modules/two/package.json', '{"version":"1.9.0"}')
    expect(() => checkModules(repo, pkg)).toThrow(/two is 1.9.0 but package.json says 2.0.0/)
    put('repo/node_modules/two/package.json', '{"version":"2.0.0"}')
    checkModules(repo, pkg)
  })

  it('the database', () => {
    expect(() => checkDatabaseBinary(dir, 'sunos', 'sparc')).toThrow(/no binary for this machine \(sunos-sparc.node\)/)
  })

  it('Debian packages', () => {
    expect(findMissing(['no-such-package-of-ours'])).toEqual(['no-such-package-of-ours'])
    expect(aptLine(['xvfb', 'xauth'])).toBe('sudo DEBIAN_FRONTEND=noninteractive apt-get install -y xvfb xauth')
  })
})

it('refuses a stand-in that is not the pinned one', async () => {
  const file = put('electron.tgz', 'bytes')
  const integrity = `sha512-${crypto.createHash('sha512').update('bytes').digest('base64')}`
  await verifyIntegrity(file, integrity)
  await expect(verifyIntegrity(file, integrity.replace(/.==$/, 'x=='))).rejects.toThrow(
    /is not the file that is pinned/,
  )
})

it('knows whether the build is as new as the sources, deleted ones too', () => {
  const at = (name: string, seconds: number) => fs.utimesSync(path.join(dir, name), seconds, seconds)
  for (const name of [
    'built/src-main/app/a.ts',
    'built/out/main/index.cjs',
    'built/out/preload/index.cjs',
    'built/out/renderer/index.html',
  ]) {
    put(name, '')
    at(name, 2000)
  }
  for (const folder of ['src-main/app', 'src-main']) at(`built/${folder}`, 1000)
  expect(isBuilt(path.join(dir, 'built'))).toBe(true)
  at('built/src-main/app', 3000)
  expect(isBuilt(path.join(dir, 'built'))).toBe(false)
  at('built/src-main/app', 1000)
  fs.rmSync(path.join(dir, 'built/out/preload/index.cjs'))
  expect(isBuilt(path.join(dir, 'built'))).toBe(false)
})

describe('numbers from the runners', () => {
  const suite = (status: string, tests: [string, string][], message = '') => ({
    name: path.resolve('test/x.test.ts'),
    status,
    message,
    assertionResults: tests.map(([fullName, state]) => ({
      fullName,
      status: state,
      failureMessages: state === 'failed' ? ['\u001b[31mexpected 1\u001b[39m\n\n  to be 2\n    at x.test.ts:3'] : [],
    })),
  })

  it('counts passed, failed and skipped tests and files that could not be loaded', () => {
    const file = put(
      'vitest.json',
      JSON.stringify({
        testResults: [
          suite('failed', [
            ['adds', 'passed'],
            ['subtracts', 'failed'],
            ['divides', 'skipped'],
            ['later', 'todo'],
          ]),
          suite('failed', [], 'Cannot find module\nsomewhere'),
        ],
      }),
    )
    expect(readVitest('unit', file, 1)).toEqual({
      passed: 1,
      skipped: 2,
      failed: ['test/x.test.ts: subtracts: expected 1 | to be 2', 'test/x.test.ts: Cannot find module | somewhere'],
    })
  })

  it('takes a crash of the runner for a failure', () => {
    expect(readVitest('unit', path.join(dir, 'none.json'), 139).failed).toEqual([
      'unit: the test runner ended with exit code 139',
    ])
    expect(readPlaywright('e2e', path.join(dir, 'none.json'), 1).failed).toHaveLength(1)
  })

  it('reads nested Playwright suites and errors outside of tests', () => {
    const spec = (title: string, status: string) => ({
      title,
      file: 'a.spec.ts',
      tests: [{ status, results: status === 'unexpected' ? [{ error: { message: 'no inbox' } }] : [{}] }],
    })
    const file = put(
      'e2e.json',
      JSON.stringify({
        suites: [
          {
            specs: [spec('opens', 'expected')],
            suites: [{ title: 'inbox', specs: [spec('fills', 'unexpected'), spec('later', 'skipped')] }],
          },
        ],
        errors: [{ message: 'no config\nhere' }],
      }),
    )
    expect(readPlaywright('e2e', file, 1)).toEqual({
      passed: 1,
      skipped: 1,
      failed: ['a.spec.ts: inbox fills: no inbox', 'e2e: no config | here'],
    })
  })
})

describe('the sample mail moves to the present', () => {
  const day = 86_400_000
  const shift = (value: string) => {
    const shifted = shiftDate(
      Buffer.from(`X: 1\r\nDate: ${value}\r\nS: \xff\r\n\r\nDate: stays\r\n`, 'latin1'),
      day,
    ).toString('latin1')
    return /Date: (.*)\r\nS: \xff\r\n\r\nDate: stays\r\n$/.exec(shifted)?.[1]
  }
  it.each([
    ['Sun, 22 Nov 2026 11:45:00 +0100', 'Mon, 23 Nov 2026 11:45:00 +0100'],
    ['22 Nov 2026 23:45:00 -0530 (PST)', 'Mon, 23 Nov 2026 23:45:00 -0530 (PST)'],
    ['Sun, 22 Nov 2026 11:45:00 GMT', 'Mon, 23 Nov 2026 11:45:00 +0000'],
    ['no date at all', 'no date at all'],
  ])('%s', (before, after) => expect(shift(before)).toBe(after))
})

it('nothing of a run stays in the temporary folder, whoever left it there, nor after kill -9', async () => {
  const script = put(
    'leaves.mjs',
    `import { writeFileSync } from 'node:fs'
     import { tmpdir } from 'node:os'
     import { ownTemp } from '${pathToFileURL(path.join(root, 'build/lib/temp.mjs')).href}'
     const temp = ownTemp('leaves')
     writeFileSync(tmpdir() + '/left', '')
     console.log(tmpdir())
     process.stdin.on('data', () => temp.remove().then(() => process.exit()))`,
  )
  for (const end of ['remove', 'kill'] as const) {
    const child = spawn(process.execPath, [script], {
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    const left = String(await new Promise((resolve) => child.stdout.once('data', resolve))).trim()
    expect(fs.existsSync(path.join(left, 'left'))).toBe(true)
    expect(path.dirname(left)).toBe(os.tmpdir())
    if (end === 'kill') child.kill('SIGKILL')
    else child.stdin.write('\n')
    await waitFor(() => !fs.existsSync(left), { what: `the folder to go by ${end}` })
  }
})
