import Image from '@tiptap/extension-image'
import { closeHistory } from '@tiptap/pm/history'
import type { Node } from '@tiptap/pm/model'
import type { Editor } from '@tiptap/react'

/** What all pictures that stand in one text may have together, in bytes; the store keeps them with the text. */
export const picturesLimit = 3_000_000

/** Forms of pictures that every mail program shows. */
export const pictureTypes = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'] as const
const dataUrl = /^data:image\/(?:png|jpe?g|gif|webp);base64,[A-Za-z0-9+/=]+$/i

export const isPicture = ({ type }: { type: string }): boolean => pictureTypes.some((one) => one === type)

/** Whether `src` is a picture that came along, not one that would be fetched. */
export const isCarried = (src: string): boolean => dataUrl.test(src)

/** Bytes of a picture by its address. */
export const sizeOf = (src: string): number => Math.floor((src.length * 3) / 4)

/** A picture within a line of the text. One that would have to be fetched has no place in it. */
export const Picture = Image.extend({
  parseHTML: () => [
    { tag: 'img[src]', getAttrs: (element) => (isCarried(element.getAttribute('src') ?? '') ? null : false) },
  ],
}).configure({ inline: true, allowBase64: true })

/** Sizes of the pictures in a text, in bytes. */
export function picturesIn(doc: Node): { size: number }[] {
  const found: { size: number }[] = []
  doc.descendants((node) => {
    const src: unknown = node.attrs['src']
    if (node.type.name === 'image' && typeof src === 'string') found.push({ size: sizeOf(src) })
  })
  return found
}

export const roomIn = (doc: Node): number => picturesIn(doc).reduce((room, { size }) => room - size, picturesLimit)

function read(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader()
    reader.addEventListener('load', () => resolve(typeof reader.result === 'string' ? reader.result : ''))
    reader.addEventListener('error', () => reject(reader.error ?? new Error('not readable')))
    reader.readAsDataURL(file)
  })
}

/** Puts pictures where the caret is, each one step of undo. Answers with the files that have no room or are none, or whose text is gone. */
export async function insertPictures(editor: Editor, files: readonly File[]): Promise<File[]> {
  const others: File[] = []
  for (const [at, file] of files.entries()) {
    const src = isPicture(file) && file.size <= roomIn(editor.state.doc) ? await read(file).catch(() => '') : ''
    if (editor.isDestroyed) return [...others, ...files.slice(at)]
    const fits = isCarried(src) && sizeOf(src) <= roomIn(editor.state.doc)
    if (!fits) others.push(file)
    else
      editor
        .chain()
        .command(({ tr }) => closeHistory(tr) === tr)
        .insertContent({ type: 'image', attrs: { src, alt: file.name || 'image' } })
        .run()
  }
  return others
}
