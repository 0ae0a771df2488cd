import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { tempFolder } from '../servers/process.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** What the two rules say of a window made of these files. */
function judge(files: Record<string, string>): string[] {
  const dir = tempFolder('lint')
  try {
    fs.cpSync(path.join(root, 'build/oxlint.json'), path.join(dir, 'build/oxlint.json'))
    fs.cpSync(path.join(root, 'build/lint'), path.join(dir, 'build/lint'), { recursive: true })
    fs.symlinkSync(path.join(root, 'node_modules'), path.join(dir, 'node_modules'))
    for (const [file, text] of Object.entries(files)) {
      const at = path.join(dir, 'src-renderer', file)
      fs.mkdirSync(path.dirname(at), { recursive: true })
      fs.writeFileSync(at, text)
    }
    // Node itself: oxlint's plugins do not run inside Electron, where these tests run. npm names its Node here.
    const node = process.env['npm_node_execpath'] ?? 'node'
    const oxlint = path.join(root, 'node_modules/oxlint/bin/oxlint')
    const run = spawnSync(node, [oxlint, '--config', 'build/oxlint.json', '-f', 'unix', 'src-renderer'], {
      cwd: dir,
      encoding: 'utf8',
    })
    const found = run.stdout.split('\n').flatMap((line) => {
      const [, file, at, said, rule] =
        /^(?:\.\/)?src-renderer\/([^:]+):(\d+):\d+: (.*) \[.*unused\((\w+)\)\]/.exec(line) ?? []
      return file ? [`${rule} ${file}:${at} ${said}`] : []
    })
    return found.sort()
  } finally {
    fs.rmSync(dir, { recursive: true, force: true })
  }
}

it('no text stays that nobody asks for, and none goes that somebody does', () => {
  expect(
    judge({
      'text/en/inbox.ts': `export const inbox = {
  whole: 'By its whole key',
  left: 'Nobody',
  count_one: '{{count}} row', count_other: '{{count}} rows',
  empty: { open: 'By a template', 'long-name': 'Too', deep: { er: 'Not by a template' } },
  branch: { a: 'As a branch', b: { c: 'Below it' } },
  inside: '$t(inbox:nested) too',
  nested: 'By other words',
  twice: 'In a template within a template',
}\n`,
      'text/en/common.ts': `export const common = { retry: 'Without its place', close: 'Nobody', dot: { ted: 'So' } }\n`,
      'inbox/list.tsx': `import { t } from '../text'
import { inbox } from '../text/en/inbox'
// 'inbox:left' is spoken of only
export const one = (what: string, n: number) => [t('inbox:whole'), t('inbox:count', { count: n }), t(\`inbox:empty.\${what}\`)]
export const two = (key: string) => [Reflect.get(inbox.branch, key), t('retry'), t('dot.ted'), t('inbox:inside')]
export const three = (n: number) => \`\${n > 1 ? \`\${n} \${t('inbox:twice', { a: { b: n } })}\` : ''}\`
export const close = 1\n`,
    }),
  ).toEqual([
    'words text/en/common.ts:1 Nobody asks for "common:close": take it out, or ask for it.',
    'words text/en/inbox.ts:3 Nobody asks for "inbox:left": take it out, or ask for it.',
    'words text/en/inbox.ts:5 Nobody asks for "inbox:empty.deep.er": take it out, or ask for it.',
  ])
})

it('no class or token stays in the styles that nothing uses', () => {
  const sheet = `@import './other.css';
:root { --read: 1.5px; --by-code: 2px; --left: 3px; }
.row, .row.is-on:not(.gone) { margin: var(--read) .5em; background: url('a.png'); }
/* .spoken of only */
.hue-moss > .ProseMirror { color: red }
@media (min-width: 9px) { .wide:hover { width: 1px; .within { width: .25rem } } }\n`
  expect(
    judge({
      'styles/list.css': sheet,
      'main.tsx': `export const wide = (on: boolean, hue: string) => (
  <b className={\`row\${on ? ' is-on' : ''}\`} style={{ top: 'var(--by-code)' }}>
    <i className={\`hue-\${hue}\`} />
  </b>
)\n`,
    }),
  ).toEqual([
    'styles main.tsx:1 Nobody reads the token "--left".',
    'styles main.tsx:1 src-renderer/styles/list.css:3: no element bears the class "gone".',
    'styles main.tsx:1 src-renderer/styles/list.css:6: no element bears the class "wide".',
    'styles main.tsx:1 src-renderer/styles/list.css:6: no element bears the class "within".',
  ])
})
