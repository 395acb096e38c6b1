/** Centavos as Brazil writes them: `-123450` is `-1.234,50`. Exact for any size: no number is made of it. */
export function formatReais(minor: string): string {
  const sign = minor.startsWith('-') ? '-' : '';
  const digits = minor.replace('-', '').padStart(3, '0');
  const whole = digits.slice(0, -2).replace(/\B(?=(\d{3})+(?!\d))/g, '.');
  return `${sign}${whole},${digits.slice(-2)}`;
}

const WHEN = new Intl.DateTimeFormat('pt-BR', {
  timeZone: 'America/Sao_Paulo',
  day: '2-digit',
  month: '2-digit',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

/** Date and time of an instant in Brasília, `29/11/2026` and `23:14:05`. */
export function formatWhen(instant: string): { date: string; time: string } {
  const parts = Object.fromEntries(WHEN.formatToParts(new Date(instant)).map(({ type, value }) => [type, value]));
  return { date: `${parts.day}/${parts.month}/${parts.year}`, time: `${parts.hour}:${parts.minute}:${parts.second}` };
}
