import { describe, expect, test } from 'vitest'
import { folderName } from '../../../src-main/mail/sync/imap-notify'
import { uidSet, uidsOf } from '../../../src-main/mail/sync/imap-rows'

describe('a set of UIDs from a server', () => {
  test('no UID is left out or there twice, however the server orders its ranges', () => {
    expect(uidsOf('3,7:9')).toEqual([3, 7, 8, 9])
    expect(uidsOf('9:7,3,8:11,3')).toEqual([3, 7, 8, 9, 10, 11])
    expect(uidsOf('4294967295')).toEqual([4_294_967_295])
    expect(uidsOf('')).toEqual([])
    expect(uidsOf(uidSet([1, 2, 3, 50, 52]))).toEqual([1, 2, 3, 50, 52])
  })

  test('one without bounds takes no memory, and what is none is no UID (R36)', () => {
    for (const set of [
      '1:4294967295',
      '1:*',
      '0:5',
      '-1',
      '5:',
      'x',
      '1 2',
      '99999999999',
      Array.from({ length: 20 }, (_, n) => `${n * 1_000_000 + 1}:${(n + 1) * 1_000_000}`).join(','),
    ]) {
      expect(() => uidsOf(set), set.slice(0, 20)).toThrow(expect.objectContaining({ code: 'server-broken' }))
    }
  })
})

test('a folder is known by the name that a server writes in its own alphabet (RFC 3501 5.1.3), and a broken one breaks nothing', () => {
  expect(folderName('~peter/mail/&U,BTFw-/&ZeVnLIqe-')).toBe('~peter/mail/台北/日本語')
  expect(folderName('Projekte/Gr&APYA3w-e')).toBe('Projekte/Größe')
  expect(folderName('A&-B')).toBe('A&B')
  for (const broken of ['&', '&AP-', '&-&', 'a&b']) expect(folderName(broken)).toBeTypeOf('string')
})
