// Formatters are made when they are first used: each one costs a start some milliseconds.
let numbers: Intl.NumberFormat | undefined

/** 12,481 */
export function numberText(value: number): string {
  numbers ??= new Intl.NumberFormat()
  return numbers.format(value)
}

const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const
const sizes = new Map<string, Intl.NumberFormat>()

/** 8.4 MB, 112 kB; by thousands, as the systems show them. */
export function sizeText(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000
    unit += 1
  }
  const name = units[unit] ?? 'byte'
  const digits = unit > 1 && value < 100 ? 1 : 0
  const key = `${name}${digits}`
  let formatter = sizes.get(key)
  if (!formatter) {
    formatter = new Intl.NumberFormat(undefined, {
      style: 'unit',
      unit: name,
      unitDisplay: name === 'byte' ? 'long' : 'short',
      maximumFractionDigits: digits,
    })
    sizes.set(key, formatter)
  }
  return formatter.format(value)
}

let percent: Intl.NumberFormat | undefined

/** A part of 1 in percent. */
export function percentText(part: number): string {
  percent ??= new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 0 })
  return percent.format(part)
}
