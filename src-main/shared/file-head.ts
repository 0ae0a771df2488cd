import { closeSync, openSync, readSync } from 'node:fs'

/** The first 16 bytes of a file, which tell what it is; zeros where it has fewer. Throws as `openSync` does. */
export function fileHead(file: string): Buffer {
  const head = Buffer.alloc(16)
  const handle = openSync(file, 'r')
  try {
    readSync(handle, head, 0, 16, 0)
  } finally {
    closeSync(handle)
  }
  return head
}
