import { checkWords } from '../text/en/check-words'

/** Three words for two people to compare. */
export function Words({ numbers }: { numbers: readonly number[] }) {
  return (
    <p className="check-words sel" lang="en">
      {numbers.map((number) => checkWords[number] ?? String(number)).join('  ·  ')}
    </p>
  )
}
