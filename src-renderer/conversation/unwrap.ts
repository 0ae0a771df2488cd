/** Widths at which mail programs break the lines of plain text. */
const narrowest = 55
const widest = 84
/** Lines that stand for themselves: lists, quotes, tables, indented text, rules, who said what at which time. */
const ownLine =
  /^(?:\[|\d{1,2}[:.]\d\d\b|[\p{L}\p{M}. ]{1,30}: |\s{2,}|\t|>|[-*•–+]\s|\d{1,3}[.)]\s|\||[-=_*~#]{3,})|\S {3,}\S/u
const listItem = /^(?:[-*•–+]\s|\d{1,3}[.)]\s)/
const endsItself = /[:;]$|^\S{0,30},$/

/**
 * Joins lines that were broken only because they were full, so that text fits the width it is shown in. A break is taken as
 * forced when the next word would not have fitted; every other one is the writer's own and stays.
 */
export function unwrap(text: string): string {
  const lines = text.split('\n')
  const lengths = lines.filter((line) => !/\S{40}/.test(line)).map((line) => line.trimEnd().length)
  const width = Math.max(0, ...lengths.filter((length) => length <= widest))
  if (width < narrowest || lengths.some((length) => length > widest)) return text
  const out: string[] = []
  let before: string | null = null
  for (const line of lines) {
    const word = /^\S+/.exec(line)?.[0] ?? ''
    const last = before?.trimEnd() ?? ''
    const forced =
      before !== null &&
      word !== '' &&
      last.length >= narrowest - 10 &&
      last.length + 1 + word.length > width &&
      !ownLine.test(line) &&
      (!ownLine.test(last) || listItem.test(last)) &&
      !endsItself.test(last)
    if (forced && out.length > 0) out[out.length - 1] = `${(out.at(-1) ?? '').trimEnd()} ${line}`
    else out.push(line)
    before = line
  }
  return out.join('\n')
}
