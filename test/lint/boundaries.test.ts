import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { inRepository, judgeImport, looksLikeSql } from '../../build/lint/layers.mjs'
import { tempFolder } from '../servers/process.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))

describe('imports that are allowed', () => {
  it.each([
    ['src-preload/contract/calls/search.ts', 'zod'],
    ['src-preload/contract/calls/search.ts', '../mail'],
    ['src-preload/index.ts', 'electron'],
    ['src-preload/index.ts', './contract/calls'],
    ['src-main/app/index.ts', 'electron'],
    ['src-main/app/keys.ts', 'keytar'],
    ['src-main/app/keys.ts', '../crypto/envelopes'],
    ['src-main/app/oauth.ts', 'node:http'],
    ['src-main/store/database.ts', 'better-sqlite3-multiple-ciphers'],
    ['src-main/store/migrations/0001.ts', '../../shared/log'],
    ['src-main/store/team-log.ts', '../crypto/hash-chain'],
    ['src-main/store/index.ts', 'node:fs'],
    ['src-main/mail/sync/imap-session.ts', 'imapflow'],
    ['src-main/mail/sync/imap-session.ts', 'node:tls'],
    ['src-main/mail/send/outbox-sender.ts', 'nodemailer/lib/smtp-connection'],
    ['src-main/crypto/keys.ts', 'node:crypto'],
    ['src-main/shared/log.ts', '../../src-preload/contract/errors'],
    ['src-renderer/app.tsx', './inbox/list'],
    ['src-renderer/inbox/list.tsx', '../ui/button'],
    ['src-renderer/settings/profile.tsx', '../writing/signature-editor'],
    ['src-renderer/inbox/list.tsx', '../live'],
    ['src-renderer/inbox/list.tsx', './row'],
    ['src-renderer/conversation/reply.tsx', '@tiptap/starter-kit'],
    ['src-renderer/main.tsx', 'react-dom/client'],
    ['src-renderer/state/list.ts', '../../src-preload/contract'],
    ['test/store/sql.test.ts', '../../src-main/store/sql'],
  ])('%s -> %s', (file, specifier) => {
    expect(judgeImport(file, specifier)).toBeUndefined()
  })
})

describe('imports that are refused', () => {
  it.each([
    ['src-preload/contract/calls/search.ts', 'node:fs'],
    ['src-preload/contract/calls/search.ts', '../../../src-main/shared/log'],
    ['src-preload/index.ts', 'node:fs'],
    ['src-preload/index.ts', '../src-main/shared/log'],
    ['src-main/app/index.ts', 'better-sqlite3-multiple-ciphers'],
    ['src-main/app/index.ts', 'imapflow'],
    ['src-main/app/index.ts', '../store/database'],
    ['src-main/app/index.ts', '../mail/mailbox-sync'],
    ['src-main/store/index.ts', 'electron'],
    ['src-main/store/index.ts', 'imapflow'],
    ['src-main/store/index.ts', '../mail/parse-message'],
    ['src-main/store/index.ts', 'node:net'],
    ['src-main/store/index.ts', 'node:https'],
    ['src-main/store/index.ts', 'node:dns/promises'],
    ['src-main/store/index.ts', 'fs'],
    ['src-main/mail/index.ts', 'better-sqlite3-multiple-ciphers'],
    ['src-main/mail/index.ts', 'keytar'],
    ['src-main/mail/index.ts', '../store/messages'],
    ['src-main/mail/index.ts', '../crypto/keys'],
    ['src-main/crypto/keys.ts', 'node:fs'],
    ['src-main/crypto/keys.ts', '../store/database'],
    ['src-main/shared/log.ts', '../app/index'],
    ['src-main/shared/log.ts', 'electron'],
    ['src-renderer/client.ts', 'electron'],
    ['src-renderer/client.ts', 'node:path'],
    ['src-renderer/client.ts', 'lodash'],
    ['src-renderer/client.ts', 'reactive'],
    ['src-renderer/client.ts', '../src-preload/index'],
    ['src-renderer/client.ts', '../src-main/shared/log'],
    ['src-renderer/inbox/list.tsx', '../conversation/thread'],
    ['src-renderer/settings/page.tsx', '../setup/form'],
    ['src-renderer/search/field.tsx', '../app'],
    ['src-main/store/index.ts', '../../test/servers/dovecot.mjs'],
  ])('%s -> %s', (file, specifier) => {
    expect(judgeImport(file, specifier)).toMatch(/may not import ".*Allowed/)
  })

  it('names what is allowed instead', () => {
    expect(judgeImport('src-main/mail/index.ts', '../store/sql')).toBe(
      'src-main/mail may not import "../store/sql". Allowed are: src-main/mail, src-main/shared, src-preload/contract, ' +
        'asn1js, imapflow, nodemailer, oauth4webapi, postal-mime, @nats-io/*, zod, node:*.',
    )
  })

  it('tells a component from a plain module by what is on disk', () => {
    const exists = (file: string) => ['src-renderer/ui/toast.tsx', 'src-renderer/ui/keys.ts'].includes(file)
    expect(judgeImport('src-renderer/state/toast.ts', '../ui/toast', exists)).toMatch(/component/)
    expect(judgeImport('src-renderer/state/toast.ts', '../ui/keys', exists)).toBeUndefined()
  })
})

describe('what looks like SQL', () => {
  it.each([
    'SELECT id FROM messages',
    'SELECT a,\n  b\nFROM t',
    'select id from messages where id = ?',
    'INSERT OR IGNORE INTO t VALUES (?)',
    'UPDATE t SET a = 1',
    'DELETE FROM t',
    'CREATE TABLE t (a)',
    'CREATE VIRTUAL TABLE t USING fts5(a)',
    'PRAGMA journal_mode = WAL',
  ])('%s', (text) => expect(looksLikeSql(text)).toBe(true))

  it.each([
    'Select a conversation from the list',
    'Update your settings',
    'Delete from this device',
    'A001 SELECT INBOX',
    'Created a table',
  ])('%s is not', (text) => expect(looksLikeSql(text)).toBe(false))
})

it('finds our folders in any absolute path', () => {
  expect(inRepository('/home/src-main-fan/postern/src-main/app/index.ts')).toBe('src-main/app/index.ts')
  expect(inRepository('C:\\src\\postern\\src-renderer\\main.tsx')).toBe('src-renderer/main.tsx')
  expect(inRepository('/srv/postern/test/store/sql.test.ts')).toBeUndefined()
})

it('is wired into oxlint: every rule speaks up in the right file and nowhere else', () => {
  const dir = tempFolder('lint')
  const put = (file: string, text: string) => {
    fs.mkdirSync(path.dirname(path.join(dir, file)), { recursive: true })
    fs.writeFileSync(path.join(dir, file), text)
  }
  try {
    fs.cpSync(path.join(root, 'build/oxlint.json'), path.join(dir, 'build/oxlint.json'))
    fs.cpSync(path.join(root, 'build/lint'), path.join(dir, 'build/lint'), { recursive: true })
    fs.symlinkSync(path.join(root, 'node_modules'), path.join(dir, 'node_modules'))
    const sql = "export const all = 'SELECT id FROM messages'\n"
    const ipc = "import { ipcMain } from 'electron'\nipcMain.handle('x', () => 1)\n"
    const postern = "export const { postern } = window\nexport const call = window.postern.call('x')\n"
    put('src-main/store/messages.ts', sql)
    put('src-main/mail/messages.ts', sql)
    put('src-main/mail/page.ts', 'export const one = (t: string) => `DELETE FROM ${t}`\n')
    put('src-main/app/gate.ts', ipc)
    put('src-main/app/window.ts', ipc)
    put('src-renderer/client.ts', postern)
    put('src-renderer/app.tsx', postern)
    put(
      'src-renderer/inbox/list.ts',
      "export * from '../conversation/thread'\nexport const load = () => import('electron')\n",
    )
    put(
      'src-preload/contract/mail.ts',
      "import type { Socket } from 'node:net'\nexport type Wire = Socket | import('node:tls').TLSSocket\n",
    )
    put('test/app/gate.test.ts', ipc + sql + postern)
    const oxlint = path.join(root, 'node_modules/oxlint/bin/oxlint')
    // Node itself: oxlint's plugins do not run inside Electron, where these tests run. npm names its Node here.
    const node = process.env['npm_node_execpath'] ?? 'node'
    const { stdout } = spawnSync(
      node,
      [oxlint, '--config', 'build/oxlint.json', '-f', 'unix', 'src-main', 'src-preload', 'src-renderer', 'test'],
      {
        cwd: dir,
        encoding: 'utf8',
      },
    )
    const found = stdout
      .split('\n')
      .map((line) => /^(?:\.\/)?([^:]+):(\d+):.*postern\((.*)\)/.exec(line)?.slice(1).join(' '))
    expect(found.filter((line) => line !== undefined).sort()).toEqual([
      'src-main/app/window.ts 1 ipc-main',
      'src-main/app/window.ts 2 ipc-main',
      'src-main/mail/messages.ts 1 sql',
      'src-main/mail/page.ts 1 sql',
      'src-preload/contract/mail.ts 1 imports',
      'src-preload/contract/mail.ts 2 imports',
      'src-renderer/app.tsx 1 window-postern',
      'src-renderer/app.tsx 2 window-postern',
      'src-renderer/inbox/list.ts 1 imports',
      'src-renderer/inbox/list.ts 2 imports',
    ])
  } finally {
    fs.rmSync(dir, { recursive: true, force: true })
  }
})
