import { runCompiled } from '../../shared/compiled'

runCompiled()
void import('./parser-thread')
