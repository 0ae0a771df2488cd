import type { IngestItem, PackedItem, ParsedMessage, Piece } from '../../src-preload/contract/internal'
import { PosternError } from '../../src-preload/contract/errors'

/** Messages on their way from mail to store, beside the few buffers that hold their bytes: those go ahead, each by itself (shared/port-rpc). */
interface Packed<Item> {
  readonly items: Item[]
  readonly buffers: ArrayBuffer[]
}
type Bare<Item> = Omit<Item, 'message'>

/** The buffers behind the bytes go whole, so nothing else of size may lie in them. */
export function packPage<Item extends Pick<IngestItem, 'message'>>(
  items: readonly Item[],
): Packed<Bare<Item> & Pick<PackedItem, 'message'>> {
  const places = new Map<ArrayBufferLike, number>()
  const buffers: ArrayBuffer[] = []
  const piece = ({ buffer, byteOffset, byteLength }: Uint8Array): Piece => {
    const place = places.get(buffer) ?? buffers.length
    if (place === buffers.length) {
      if (!(buffer instanceof ArrayBuffer)) throw new TypeError('bytes of a message are shared with a thread')
      buffers.push(buffer)
      places.set(buffer, place)
    }
    return [place, byteOffset, byteLength]
  }
  const packed = items.map(({ message, ...item }) => ({
    ...item,
    message: {
      ...message,
      contentHash: piece(message.contentHash),
      body: piece(message.body),
      source: message.source && piece(message.source),
      words: message.words && piece(message.words),
    },
  }))
  return { items: packed, buffers }
}

/**
 * The other end of `packPage`.
 * @throws PosternError `invalid-input` for bytes that lie in no buffer
 */
export function unpackPage<Item extends { readonly message: PackedItem['message'] }, Rest>({
  items,
  buffers,
  ...page
}: Packed<Item> & Rest): Omit<Packed<Item> & Rest, keyof Packed<Item>> & {
  items: (Bare<Item> & { message: ParsedMessage })[]
} {
  const bytesOf = ([place, at, length]: Piece): Uint8Array => {
    const buffer = buffers[place]
    if (!buffer || at + length > buffer.byteLength) throw new PosternError('invalid-input', 'bytes that are not there')
    return new Uint8Array(buffer, at, length)
  }
  const unpacked = items.map(({ message, ...item }) => ({
    ...item,
    message: {
      ...message,
      contentHash: bytesOf(message.contentHash),
      body: bytesOf(message.body),
      source: message.source && bytesOf(message.source),
      words: message.words && bytesOf(message.words),
    },
  }))
  return { ...page, items: unpacked }
}
