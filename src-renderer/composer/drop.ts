import { useRef, useState, type DragEvent } from 'react'

const hasFiles = (event: DragEvent): boolean => event.dataTransfer.types.includes('Files')

/** Files dragged over a part of the window: whether some hover there now, and what to put on the element. */
export function useFileDrop(onFiles: (files: File[]) => void) {
  const [depth, setDepth] = useState(0)
  // a picture of the text that is dragged elsewhere in it is a file too
  const own = useRef(false)
  const counts = (event: DragEvent) => !own.current && hasFiles(event)
  return {
    over: depth > 0,
    handlers: {
      onDragStart: () => {
        own.current = true
      },
      onDragEnd: () => {
        own.current = false
      },
      onDragEnter: (event: DragEvent) => counts(event) && setDepth((now) => now + 1),
      onDragLeave: (event: DragEvent) => counts(event) && setDepth((now) => Math.max(0, now - 1)),
      onDragOver: (event: DragEvent) => {
        if (counts(event)) event.preventDefault()
      },
      onDrop: (event: DragEvent) => {
        setDepth(0)
        const others = counts(event)
        // a picture that was moved is another element now, and the old one tells nobody of the end
        own.current = false
        // the editor has taken those that were dropped into the text
        if (event.defaultPrevented || !others) return
        event.preventDefault()
        onFiles([...event.dataTransfer.files])
      },
    },
  }
}
