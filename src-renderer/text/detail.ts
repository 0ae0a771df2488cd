import type { ErrorDetail } from '../../src-preload/contract'
import { dayText } from './time'
import { numberText } from './numbers'

/** The facts of an error as words: times become days, big numbers get their separators, ports stay bare. */
export function detailWords(detail: ErrorDetail): Record<string, string> {
  return Object.fromEntries(Object.entries(detail).map(([name, value]) => [name, word(name, value)]))
}

function word(name: string, value: string | number | boolean): string {
  if (typeof value !== 'number') return String(value)
  if (/until|since|at$/i.test(name) && value > 1e11) return dayText(value)
  return /port/i.test(name) ? String(value) : numberText(value)
}
