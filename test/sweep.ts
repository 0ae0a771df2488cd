/** What `npm run sweep:NAME` asks of its test: every point, or every nth of them (`-- --slice=2/10`). */
const [slice = 1, slices = 1] = (process.env['POSTERN_SLICE'] ?? '1/1').split('/').map(Number)

export const isSweeping = (name: string): boolean => process.env['POSTERN_SWEEP'] === name

export const inSlice = <T>(points: readonly T[]): T[] => points.filter((_, index) => index % slices === slice - 1)

/** In words that differ from slice to slice. */
export const sliceName = String(slice)
