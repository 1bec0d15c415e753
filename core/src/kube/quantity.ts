import type { Value } from '../yaml/value.ts';

/** Suffixes of a resource.Quantity and what they multiply by (apimachinery, pkg/api/resource). */
const factors: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 1024,
  Mi: 1024 ** 2,
  Gi: 1024 ** 3,
  Ti: 1024 ** 4,
  Pi: 1024 ** 5,
  Ei: 1024 ** 6,
};

/** A quantity in base units: bytes for memory and storage, cores for cpu, a count for anything else. */
export interface Quantity {
  readonly amount: number;
  /** As written. */
  readonly text: string;
  readonly suffix: string;
}

/** Reads a quantity's text; undefined where the API server cannot decode it. */
export function parseQuantity(text: string): Quantity | undefined {
  const match = /^([+-]?(?:\d+(?:\.\d*)?|\.\d+))(?:[eE]([+-]?\d+)|([a-zA-Z]*))$/.exec(text);
  if (!match) return undefined;
  const [, digits = '', exponent, suffix = ''] = match;
  if (exponent !== undefined) return { amount: Number(digits) * 10 ** Number(exponent), text, suffix: '' };
  const factor = Object.hasOwn(factors, suffix) ? factors[suffix] : undefined;
  return factor === undefined ? undefined : { amount: Number(digits) * factor, text, suffix };
}

/**
 * What a field of type quantity holds: an amount, `invalid` where decoding fails, undefined where it is absent or
 * template text.
 */
export function readQuantity(value: Value): Quantity | 'invalid' | undefined {
  if (value.missing || value.templated) return undefined;
  const number = value.number();
  if (number !== undefined) {
    const written = value.rawText() ?? '';
    // JSON has no other numbers than decimal ones: 0x10 and 1_000 arrive as what they stand for.
    return parseQuantity(written) ?? parseQuantity(String(number)) ?? 'invalid';
  }
  const text = value.string();
  return text === undefined ? 'invalid' : (parseQuantity(text) ?? 'invalid');
}

/** Amount of a quantity field; undefined unless it can be read. */
export function amountOf(value: Value): number | undefined {
  const quantity = readQuantity(value);
  return quantity === undefined || quantity === 'invalid' ? undefined : quantity.amount;
}

/** Bytes in the largest binary unit that keeps them whole, down to Ki; cores in cores or millicores. */
export function formatQuantity(amount: number, resource: 'memory' | 'cpu'): string {
  if (resource === 'cpu') return Number.isInteger(amount) ? String(amount) : `${Math.ceil(amount * 1000)}m`;
  for (const suffix of ['Ti', 'Gi', 'Mi', 'Ki']) {
    const inUnit = amount / (factors[suffix] ?? 1);
    if (Number.isInteger(inUnit) && inUnit > 0) return `${inUnit}${suffix}`;
  }
  return amount >= 1024 * 1024 ? `${Math.floor(amount / 1024 / 1024)}Mi` : String(Math.floor(amount));
}

/** The quantity most likely meant by text that cannot be decoded: `1GI`, `10 Gi`, `512Mb`, `2K`; undefined for anything else. */
export function repairQuantity(text: string): string | undefined {
  const match = /^\s*([+-]?\d+(?:\.\d+)?)\s*([a-zA-Z]+)\s*$/.exec(text);
  if (!match) return undefined;
  const [, digits = '', word = ''] = match;
  const lower = word.toLowerCase().replace(/b(?:ytes?)?$/, '');
  const suffix = Object.keys(factors).find(
    (candidate) => candidate.toLowerCase() === lower && candidate.length === lower.length && !/^[mnu]$/.test(candidate),
  );
  // A lone m was meant as mega by who writes `512mb`, never as milli.
  return suffix === undefined || suffix === '' ? undefined : `${digits}${suffix}`;
}
