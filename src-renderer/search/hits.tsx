import { memo } from 'react'
import type { Marked } from '../../src-preload/contract'

/** A text whose every second part is a hit. */
export const Hits = memo(function Hits({ text }: { text: Marked }) {
  return <>{text.map((part, index) => (index % 2 === 1 ? <mark key={index}>{part}</mark> : part))}</>
})

/** A label with what was typed marked in it, wherever a typed word stands. */
export function markTyped(label: string, typed: string): string[] {
  const words = typed.split(/\s+/).filter(Boolean)
  if (words.length === 0) return [label]
  const any = words
    .toSorted((a, b) => b.length - a.length)
    .map((word) => word.replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`))
    .join('|')
  return label.split(new RegExp(`(${any})`, 'giu'))
}
