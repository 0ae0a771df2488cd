/** What app, store and mail say to each other, a file for each two of them and for the data that they hand over. */
export * from './app-and-mail'
export * from './app-and-store'
export type * from './define'
export * from './ingest'
export * from './jobs'
export * from './store-and-mail'
