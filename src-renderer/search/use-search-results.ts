import { useCallback, useEffect, useRef, useState } from 'react'
import type { SearchHit } from '../../src-preload/contract'
import { ask, asCallError, type CallError } from '../client'

/** While messages are on their way into the index the answer is asked for again. */
const againMs = 1500
/** One letter begins most words of all mail, and is hardly ever all that somebody looks for: it waits so long for the next. */
const oneLetterMs = 90
/** As many as a window shows, and a little more: with every letter each is read, marked and drawn anew. */
const firstPage = 10
const pageSize = 50
/** After the last letter for so long, all are counted. */
const countAfterMs = 250

interface Results {
  hits: readonly SearchHit[]
  /** null until they are counted; those that are met first say nothing of how many there are. */
  total: number | null
  /** Whether these are all; else there are at least so many. */
  counted: boolean
  more: boolean
  /** Messages that cannot be found yet. */
  waiting: number
  /** Messages of which only a part is here: their text is not searched. */
  partial: number
  /** What the search took in the store; null before the first answer. */
  ms: number | null
  error: CallError | null
  /** The text that the hits belong to; null before the first answer. */
  answeredFor: string | null
}

const nothing: Results = {
  hits: [],
  total: null,
  counted: true,
  more: false,
  waiting: 0,
  partial: 0,
  ms: null,
  error: null,
  answeredFor: null,
}

async function answer(text: string): Promise<Results> {
  try {
    const found = await ask('search.query', { text, offset: 0, limit: firstPage, quick: true })
    return { ...found, total: found.counted ? found.total : null, error: null, answeredFor: text }
  } catch (thrown) {
    return { ...nothing, error: asCallError(thrown), answeredFor: text }
  }
}

/**
 * Asks with every letter: at most one request under way, so that slow answers make fewer of them; the newest text wins, older
 * answers are dropped, and the old hits stay until the new ones are there.
 */
export function useSearchResults(text: string): Results & { loadMore: () => void; again: () => void } {
  const [results, setResults] = useState(nothing)
  const wanted = useRef('')
  const running = useRef(false)

  const follow = useCallback(async () => {
    if (running.current) return
    running.current = true
    let asked = ''
    // what was typed meanwhile is asked next; what was typed in between is skipped
    while (wanted.current !== asked && wanted.current !== '') {
      asked = wanted.current
      const found = await answer(asked)
      if (wanted.current === asked)
        setResults((now) =>
          // asked again, it has as many as were counted until they are counted anew
          now.answeredFor === asked && found.total === null ? { ...found, total: now.total } : found,
        )
    }
    running.current = false
  }, [])

  useEffect(() => {
    wanted.current = text.trim()
    if (wanted.current === '') {
      setResults(nothing)
      return undefined
    }
    if ([...wanted.current].length > 1) {
      void follow()
      return undefined
    }
    const timer = setTimeout(() => void follow(), oneLetterMs)
    return () => clearTimeout(timer)
  }, [text, follow])

  useEffect(() => {
    // A list that was scrolled on is not pulled from under the reader.
    if (results.waiting === 0 || results.hits.length > firstPage) return undefined
    const timer = setTimeout(() => void follow(), againMs)
    return () => clearTimeout(timer)
  }, [results, follow])

  const { answeredFor, counted } = results
  useEffect(() => {
    if (counted || answeredFor !== text.trim()) return undefined
    const timer = setTimeout(() => {
      // a count that did not come leaves the number away
      void ask('search.query', { text: answeredFor, offset: 0, limit: 1 }).then(
        (found) =>
          setResults((now) =>
            now.answeredFor === answeredFor ? { ...now, total: found.total, counted: found.counted } : now,
          ),
        () => undefined,
      )
    }, countAfterMs)
    return () => clearTimeout(timer)
  }, [answeredFor, counted, text])

  const loadMore = useCallback(() => {
    if (running.current || !results.more || results.answeredFor === null) return
    running.current = true
    const asked = results.answeredFor
    ask('search.query', { text: asked, offset: results.hits.length, limit: pageSize })
      .then(
        (page) => {
          if (wanted.current === asked)
            setResults((now) => ({
              ...now,
              hits: [...now.hits, ...page.hits],
              total: page.total,
              counted: page.counted,
              more: page.more && page.hits.length > 0,
            }))
        },
        () => setResults((now) => ({ ...now, more: false })),
      )
      .finally(() => {
        running.current = false
        if (wanted.current !== asked && wanted.current !== '') void follow()
      })
  }, [results.more, results.answeredFor, results.hits.length, follow])

  const again = useCallback(() => void follow(), [follow])
  return { ...results, loadMore, again }
}
