/** Of the connection that the environment sets up, and that serves every tenant without one of its own. */
export const DEFAULT_CONNECTION = 'pix';
/** What the default connection's door was called before connections had names; providers may have it on record. */
export const FORMER_DOOR = 'sandbox';
export const CONNECTION_NAME = /^[a-z][a-z0-9-]{0,30}$/;
