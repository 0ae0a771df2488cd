import type { Migration } from './index'

/** Who was taken out: since when, and what came of trying the password that they know. */
export const former: Migration = {
  version: 37,
  up: `
UPDATE team_info SET value = '{"since":0,"certain":true,"tried":null}' WHERE (key LIKE 'revoke:%' OR key LIKE 'revoke-device:%') AND value = 'true';
`,
}
