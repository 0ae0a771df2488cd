import type { Reader } from '../database'
import { getSettings } from '../settings'

/** Who works on a device, for lines that people read. */
export function nameOfDevice(read: Reader, _device: string): string {
  return getSettings(read).agentName
}
