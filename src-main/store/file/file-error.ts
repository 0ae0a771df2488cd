import { PosternError } from '../../../src-preload/contract/errors'

/** No fault of the disk: the folder is not there, or not for us to write in. */
const refusals: ReadonlySet<unknown> = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOENT', 'ENOTDIR'])

/** What went wrong with a file that is no database, as a code of the closed list. */
export function fileError(fault: unknown): unknown {
  if (!(fault instanceof Error) || fault instanceof PosternError || !('code' in fault)) return fault
  if (fault.code === 'EEXIST') return new PosternError('conflict', 'the file is there already')
  if (fault.code === 'ENOSPC' || fault.code === 'EDQUOT') return new PosternError('disk-full', 'while writing a file')
  if (refusals.has(fault.code)) return new PosternError('not-writable', `while writing a file: ${String(fault.code)}`)
  return new PosternError('disk-error', `while writing a file: ${String(fault.code)}`)
}
