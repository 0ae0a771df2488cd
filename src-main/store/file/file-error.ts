import { PosternError } from '../../../src-preload/contract/errors'

/** What went wrong with a file that is no database, as a code of the closed list. */
export function fileError(fault: unknown): unknown {
  if (!(fault instanceof Error) || fault instanceof PosternError || !('code' in fault)) return fault
  if (fault.code === 'EEXIST') return new PosternError('conflict', 'the file is there already')
  if (fault.code === 'ENOSPC' || fault.code === 'EDQUOT') return new PosternError('disk-full', 'while writing a file')
  return new PosternError('disk-error', `while writing a file: ${String(fault.code)}`)
}
