import { useEffect, useState } from 'react'

/** Tries without a wait; after that each one doubles it. */
const free = 3
const longest = 30

/** Seconds to wait after this many wrong tries in a row. */
export function waitAfter(misses: number): number {
  return misses <= free ? 0 : Math.min(longest, 2 ** (misses - free))
}

/** Slows down after wrong passphrases. The real brake is the cost of each try in the app; this one is for the person's sake. */
export function useWait(): { seconds: number; missed: () => void } {
  const [misses, setMisses] = useState(0)
  const [seconds, setSeconds] = useState(0)
  useEffect(() => {
    if (seconds === 0) return undefined
    const timer = setTimeout(() => setSeconds(seconds - 1), 1000)
    return () => clearTimeout(timer)
  }, [seconds])
  return {
    seconds,
    missed: () => {
      setMisses(misses + 1)
      setSeconds(waitAfter(misses + 1))
    },
  }
}
