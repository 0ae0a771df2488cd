import { forbidNetwork } from '../../shared/network-gate'
import { yieldToWindow } from '../../shared/yield'
import { serveParser } from './parse-worker'

/**
 * The script of the thread that meets hostile bytes first; it reaches nobody. It is an entry of its own because a thread takes
 * memory for all the code that it loads.
 */
forbidNetwork(() => undefined)
yieldToWindow()
serveParser()
