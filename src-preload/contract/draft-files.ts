/** What all files of one draft may have together, in bytes. */
export const draftFilesLimit = 50 * 2 ** 20
