import { PolicyWatch } from '../../src-main/app/policy'

/** A policy of one file, whose every change is seen at once. */
export function policyInMemory(text: string): { watch: PolicyWatch; write: (text: string) => void } {
  let look: () => void = () => undefined
  const watch = new PolicyWatch({
    name: 'a test',
    read: () => [{ file: '1.json', text }],
    watch: (changed) => {
      look = changed
      return () => undefined
    },
  })
  return {
    watch,
    write: (next) => {
      text = next
      look()
    },
  }
}
