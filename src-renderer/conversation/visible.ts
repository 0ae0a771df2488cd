/** Messages on screen and how to read what can be seen of them, for the quote of a reply (R19). */
const readers = new Map<number, () => string | Promise<string>>()

/** Registers a message that is on screen. Answers with the function that takes it out again. */
export function onScreen(messageId: number, read: () => string | Promise<string>): () => void {
  readers.set(messageId, read)
  return () => {
    if (readers.get(messageId) === read) readers.delete(messageId)
  }
}

/** What a person sees of a message; null when it is not open on screen. */
export async function visibleTextOf(messageId: number): Promise<string | null> {
  const read = readers.get(messageId)
  return read ? read() : null
}
