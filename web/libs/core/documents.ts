export type KeyType = 'cpf' | 'cnpj' | 'phone' | 'email' | 'evp';

/** Both check digits; punctuation is ignored; one digit repeated eleven times passes the sum but is no CPF. */
export function isCpf(v: string): boolean {
  const d = v.replace(/\D/g, '');
  if (d.length !== 11 || /^(\d)\1+$/.test(d)) return false;
  const check = (n: number): number => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += Number(d[i]) * (n + 1 - i);
    const r = (sum * 10) % 11;
    return r === 10 ? 0 : r;
  };
  return check(9) === Number(d[9]) && check(10) === Number(d[10]);
}

/** Since July 2026 the first 12 places of a CNPJ may be letters: each counts as its ASCII code minus 48. */
export function isCnpj(v: string): boolean {
  const c = v.toUpperCase().replace(/[^0-9A-Z]/g, '');
  if (!/^[0-9A-Z]{12}\d{2}$/.test(c) || /^(.)\1+$/.test(c)) return false;
  const check = (n: number): number => {
    let sum = 0;
    let weight = n - 7;
    for (let i = 0; i < n; i++) {
      sum += (c.charCodeAt(i) - 48) * weight;
      weight = weight === 2 ? 9 : weight - 1;
    }
    const r = sum % 11;
    return r < 2 ? 0 : 11 - r;
  };
  return check(12) === Number(c[12]) && check(13) === Number(c[13]);
}
export const isEmail = (v: string): boolean => v.length <= 77 && /^[^\s@]+@[^\s@]+\.[^\s@]{2,}$/.test(v);
export const isEvp = (v: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(v);
