import { expect, test } from 'vitest'
import { folderRoles, leftOut } from '../../../src-main/mail/sync/folder-roles'
import type { ListedFolder } from '../../../src-main/mail/sync/imap-rows'

const folder = (path: string, selectable = true): ListedFolder => ({
  path,
  delimiter: '/',
  specialUse: null,
  selectable,
  state: null,
})

test('folders beyond the most that are followed are counted, and not left out without a word', () => {
  const few = [folder('INBOX'), folder('INBOX'), folder('Parent', false), folder('Postern')]
  expect(folderRoles(few).map(({ path }) => path)).toEqual(['INBOX'])
  expect(leftOut(few, folderRoles(few))).toBe(0)
  const many = [...few, ...Array.from({ length: 10_004 }, (_, n) => folder(`Client ${n}`)), folder('x'.repeat(2_000))]
  expect(folderRoles(many)).toHaveLength(10_000)
  expect(leftOut(many, folderRoles(many))).toBe(6)
})
