/** Bytes that are reserved for the contents of ArrayBuffers, and (2 to the power of) for everything else that native code allocates. */
const forBuffers = 32 * 2 ** 20
const forNativeLog = 24

let reserved = 0
/** Bytes in V8's count of this thread that are only reserved. */
export const reservedBytes = (): number => reserved

/**
 * Reserves memory that is never touched, and so takes none, for a process at work. Chromium's allocator (PartitionAlloc) gives pages that fall free
 * back to the system once they are more than an eighth of what a heap has reserved. A sync lets go of more than that with each page of
 * mail and needs it for the next one: giving it back and taking it again was a seventh of all processor time.
 * @returns gives it up
 */
export function reserveRoom(): () => void {
  // Loaded with the first thread: a start has other things to do.
  const { constants, createZstdCompress } = process.getBuiltinModule('node:zlib')
  const buffers = new ArrayBuffer(forBuffers)
  reserved += forBuffers
  // The only way to the other heap: a stream's window is reserved with its first byte and touched as far as bytes come.
  const stream = createZstdCompress({ params: { [constants.ZSTD_c_windowLog]: forNativeLog }, chunkSize: 64 })
  stream.on('error', () => undefined)
  stream.write('a')
  return () => {
    buffers.transfer(0)
    reserved -= forBuffers
    stream.destroy()
  }
}
