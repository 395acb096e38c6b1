/** The day of a moment (epoch ms) in Brasília, `YYYY-MM-DD`. */
export const dayOf = (ms: number): string => new Intl.DateTimeFormat('en-CA', { timeZone: 'America/Sao_Paulo' }).format(ms);
