import { forbidNetwork } from '../../shared/network-gate'
import { serveParser } from './parse-worker'

/**
 * The script of the thread that meets hostile bytes first; it reaches nobody. It is an entry of its own because a thread takes
 * memory for all the code that it loads.
 */
// A message makes half a dozen buffers of a few kilobytes, which Node's pool of 8 KiB hardly ever holds; they live as long as a page.
Buffer.poolSize = 64 * 1024
forbidNetwork(() => undefined)
serveParser()
