import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fileError } from '../../../src-main/store/file/file-error'
import { tempFolder } from '../../servers/process.mjs'

const errno = (code: string): Error => Object.assign(new Error(code), { code })

test('a folder that is gone or closed to us is not told as a broken disk', async () => {
  const dir = tempFolder('refused')
  await writeFile(join(dir, 'file'), '')
  for (const path of [join(dir, 'gone', 'x'), join(dir, 'file', 'x')])
    expect(await mkdir(path).catch(fileError)).toMatchObject({ code: 'not-writable' })
  for (const code of ['EACCES', 'EPERM', 'EROFS'])
    expect(fileError(errno(code))).toMatchObject({ code: 'not-writable' })
  expect(fileError(errno('EIO'))).toMatchObject({ code: 'disk-error' })
  expect(fileError(errno('ENOSPC'))).toMatchObject({ code: 'disk-full' })
})
