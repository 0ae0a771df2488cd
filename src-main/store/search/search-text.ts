import { isAscii } from 'node:buffer'
import type { Address, Marked } from '../../../src-preload/contract/mail'

/**
 * Words as the search index sees them, and texts marked with their hits. Pure.
 *
 * The index (FTS5, unicode61) takes runs of letters, digits and marks as words and folds case and accents. Scripts
 * that put no space between words are written into it as single characters and pairs, so that any piece of two or
 * more characters is found; whether the pairs stand side by side is checked on the message, as it is for phrases.
 */
const unspaced =
  '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}'
const hasUnspaced = new RegExp(`[${unspaced}]`, 'u')
const unspacedRun = new RegExp(`[${unspaced}\\p{M}ー]*[${unspaced}][${unspaced}\\p{M}ー]*`, 'gu')
const word = /[\p{L}\p{N}\p{Co}\p{M}]+/gu
/** A run of one kind: an unspaced script, or anything else that makes words. */
const wordOrRun = new RegExp(
  `[${unspaced}][${unspaced}\\p{M}ー]*|(?:(?![${unspaced}])[\\p{L}\\p{N}\\p{Co}\\p{M}])+`,
  'gu',
)

export interface Indexed {
  readonly from: Address
  readonly to: readonly Address[]
  readonly cc: readonly Address[]
  readonly subject: string
}

/** What the index holds of a message: its text (UTF-8), and the rest. */
export interface Words {
  readonly head: string
  readonly text: Uint8Array
}

/** All but the text. Of our own mail, those it went to are found too. `more`: names of attachments and the like. */
export function headWords(message: Indexed, ours: boolean, more: readonly string[]): string {
  const people = ours ? [message.from, ...message.to, ...message.cc] : [message.from]
  return [...people.slice(0, 50).map(({ name, address }) => `${name} ${address}`), message.subject, ...more].join('\n')
}

/** For one message after the other: a buffer for each would be forgotten by the thousand before V8 collects. */
let room = Buffer.alloc(0)

/**
 * The words as the index takes them; what it answers holds until it is asked again. ASCII, which holds none of the scripts
 * without spaces, stays as it is.
 */
export function forIndex({ head, text }: Words): string | Uint8Array {
  if (isAscii(text)) {
    const first = Buffer.from(`${spaced(head)}\n`)
    const length = first.byteLength + text.byteLength
    if (room.byteLength < length) room = Buffer.allocUnsafeSlow(2 * length)
    room.set(first)
    room.set(text, first.byteLength)
    return room.subarray(0, length)
  }
  return spaced(`${head}\n${Buffer.from(text.buffer, text.byteOffset, text.byteLength).toString('utf8')}`)
}

const spaced = (text: string): string =>
  hasUnspaced.test(text) ? text.replace(unspacedRun, (run) => ` ${grams(run).join(' ')} `) : text

/** Each character, and each with its neighbour. */
function grams(run: string): string[] {
  const characters = [...run]
  return characters.flatMap((character, index) => {
    const next = characters[index + 1]
    return next === undefined ? [character] : [character, character + next]
  })
}

/** Case and accents folded as in the index. */
export function fold(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
}

export interface Query {
  /** The expression for the index; null: nothing in the text that could be found. */
  readonly match: string | null
  /** Folded words to mark; `prefix` marks words that begin so. */
  readonly marks: readonly { readonly text: string; readonly prefix: boolean; readonly inside: boolean }[]
  /** Folded pieces that must stand together in subject, sender or body. */
  readonly phrases: readonly string[]
  /** One or two letters that a word must begin with, as they are typed after other words. */
  readonly begun: string | null
  /** Asked for by `in:spam` or `in:trash`. */
  readonly inSpam: boolean
  readonly inTrash: boolean
}

const mostWords = 12
const shortestPrefix = 3

/**
 * Reads what a person typed: all words must occur, the last one may be unfinished, "words in quotes" stand together.
 * Takes any text; what cannot be a word is ignored.
 */
export function parseQuery(typed: string): Query {
  const places = { inSpam: false, inTrash: false }
  const text = typed
    .toWellFormed()
    .replace(/(^|\s)in:(spam|junk|trash)(?=\s|$)/giu, (_, space: string, where: string) => {
      if (where.toLowerCase() === 'trash') places.inTrash = true
      else places.inSpam = true
      return space
    })
  const terms: string[] = []
  let short: string | null = null
  const marks: { text: string; prefix: boolean; inside: boolean }[] = []
  const phrases: string[] = []
  // Text between two quotes is a phrase; an unclosed quote is not there yet.
  const parts = text.split(/["\u201C\u201D\u201E\u00AB\u00BB]/u)
  const closed = parts.length % 2 === 1 ? parts.length : parts.length - 1
  for (const [index, part] of parts.entries()) {
    const quoted = index % 2 === 1 && index < closed
    const last = index === parts.length - 1
    const pieces = part.match(wordOrRun) ?? []
    for (const [at, piece] of pieces.entries()) {
      if (terms.length >= mostWords) break
      const unfinished = last && !quoted && at === pieces.length - 1 && !/\s$/u.test(part)
      if (unfinished && terms.length > 0 && isShort(piece)) short = fold(piece)
      else addTerm(piece, unfinished, terms, marks, phrases)
    }
    if (quoted && pieces.length > 1) phrases.push(fold(pieces.join(' ')))
  }
  if (short !== null && short !== '') marks.push({ text: short, prefix: true, inside: false })
  return { match: terms.length === 0 ? null : terms.join(' AND '), marks, phrases, begun: short, ...places }
}

/** Too few letters for the index to look for words that begin with them: beside other words they are checked on the message. */
const isShort = (piece: string): boolean => [...piece].length < shortestPrefix && !hasUnspaced.test(piece)

function addTerm(
  piece: string,
  unfinished: boolean,
  terms: string[],
  marks: { text: string; prefix: boolean; inside: boolean }[],
  phrases: string[],
): void {
  const folded = fold(piece)
  if (folded === '') return
  if (hasUnspaced.test(piece)) {
    const all = grams(piece)
    // Pairs say it all; a single character is a word of its own.
    const needed = all.length === 1 ? all : all.filter((gram) => [...gram].length === 2)
    terms.push(...needed.slice(0, mostWords).map(quote))
    if (needed.length > 1) phrases.push(folded)
    marks.push({ text: folded, prefix: false, inside: true })
    return
  }
  // Fewer letters begin too many words to be a question; for three the index has lists of their own.
  const prefix = unfinished && [...piece].length >= shortestPrefix
  terms.push(quote(piece) + (prefix ? '*' : ''))
  marks.push({ text: folded, prefix, inside: false })
}

const quote = (term: string): string => `"${term.replaceAll('"', '')}"`

/** Text in one line with its words in a row, for checking phrases. */
function wordsInARow(text: string): string {
  return ` ${(text.match(wordOrRun) ?? []).map(fold).join(' ')} `
}

/** Whether all pieces stand together somewhere in one of the texts, and some word begins with `begun`. */
export function holds({ phrases, begun }: Pick<Query, 'phrases' | 'begun'>, texts: readonly string[]): boolean {
  const rows = texts.map(wordsInARow)
  return (
    phrases.every((phrase) => rows.some((row) => row.includes(hasUnspaced.test(phrase) ? phrase : ` ${phrase} `))) &&
    (begun === null || rows.some((row) => row.includes(` ${begun}`)))
  )
}

interface Hit {
  readonly from: number
  readonly to: number
}

function* hitsOf(text: string, marks: Query['marks']): Generator<Hit> {
  for (const found of text.matchAll(wordOrRun)) {
    const folded = fold(found[0])
    for (const mark of marks) {
      if (mark.inside) {
        const at = folded.indexOf(mark.text)
        // Folding seldom changes lengths in these scripts; where it does, the whole run is marked.
        if (at >= 0) {
          yield folded.length === found[0].length
            ? { from: found.index + at, to: found.index + at + mark.text.length }
            : { from: found.index, to: found.index + found[0].length }
          break
        }
      } else if (mark.prefix ? folded.startsWith(mark.text) : folded === mark.text) {
        yield { from: found.index, to: found.index + found[0].length }
        break
      }
    }
  }
}

/** The text cut at its hits: every second part is one. */
export function mark(text: string, marks: Query['marks']): Marked {
  const parts: string[] = []
  let at = 0
  for (const { from, to } of hitsOf(text, marks)) {
    parts.push(text.slice(at, from), text.slice(from, to))
    at = to
    if (parts.length >= 100) break
  }
  parts.push(text.slice(at))
  return parts
}

/** Characters before the first hit, and of the whole snippet. */
const lead = 40
/** Characters of a subject that are in sight beside a name where there is least room for them. */
const inSight = 60
const snippetLength = 180
/** Beyond this much of a body no hit is looked for. */
const searched = 400_000

/** One line around the first hit of a body; null when there is none in it. */
export function markedSnippet(body: string, marks: Query['marks']): Marked | null {
  const text = body.slice(0, searched)
  const first = hitsOf(text, marks).next()
  if (first.done) return null
  const from = first.value.from <= lead ? 0 : startOfWord(text, first.value.from - lead)
  // White space and the marks of quoted lines are taken out after cutting, so some more than needed is taken.
  const piece = text
    .slice(from, from + snippetLength * 2)
    .replace(/(^|\n)[ \t>]*>/gu, '$1')
    .replace(/\s+/gu, ' ')
    .trim()
  const cut =
    piece.length > snippetLength
      ? `${piece.slice(0, piece.lastIndexOf(' ', snippetLength) > lead * 2 ? piece.lastIndexOf(' ', snippetLength) : snippetLength).toWellFormed()}…`
      : piece
  return mark(`${from > 0 ? '…' : ''}${cut}`, marks)
}

/** A subject; one whose first hit lies where lists cut it off begins shortly before that hit. */
export function markedSubject(subject: string, marks: Query['marks']): Marked {
  const first = hitsOf(subject, marks).next()
  if (first.done || first.value.to <= inSight) return mark(subject, marks)
  const from = startOfWord(subject, Math.max(0, first.value.from - lead))
  return mark(from > 0 ? `…${subject.slice(from).toWellFormed()}` : subject, marks)
}

function startOfWord(text: string, from: number): number {
  const space = text.slice(from, from + lead).search(/\s/u)
  return space < 0 ? from : from + space + 1
}

/** Words of a text in the index's sense, for tests and counts. */
export const wordsOf = (text: string): string[] => text.match(word) ?? []
