/**
 * Resolves a plain scalar as kubectl and the API server read it: YAML 1.1 as go-yaml v2 implements it,
 * where `yes`, `off`, `0x10` and `010` are not strings.
 */
export function resolvePlain(source: string): string | number | boolean | null {
  if (source === '' || source === '~' || /^(?:null|Null|NULL)$/.test(source)) return null;
  const first = source.charCodeAt(0);
  const numeric = (first >= 48 && first <= 57) || first === 43 || first === 45 || first === 46;
  if (!numeric) return keyword(source);
  return number(source.replaceAll('_', '')) ?? source;
}

function keyword(source: string): string | boolean {
  if (source.length > 5) return source;
  if (/^(?:y|Y|yes|Yes|YES|true|True|TRUE|on|On|ON)$/.test(source)) return true;
  if (/^(?:n|N|no|No|NO|false|False|FALSE|off|Off|OFF)$/.test(source)) return false;
  return source;
}

function number(text: string): number | undefined {
  if (/^[-+]?(?:0|[1-9]\d*)$/.test(text)) return Number(text);
  if (/^[-+]?0[0-7]+$/.test(text)) return sign(text) * Number.parseInt(text.replace(/^[-+]/, ''), 8);
  if (/^[-+]?0x[0-9a-fA-F]+$/.test(text)) return sign(text) * Number.parseInt(text.replace(/^[-+]/, ''), 16);
  if (/^[-+]?0b[01]+$/.test(text)) return sign(text) * Number.parseInt(text.replace(/^[-+]/, '').slice(2), 2);
  if (/^[-+]?0o[0-7]+$/.test(text)) return sign(text) * Number.parseInt(text.replace(/^[-+]/, '').slice(2), 8);
  if (/^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/.test(text)) return Number(text);
  if (/^[-+]?\.(?:inf|Inf|INF)$/.test(text)) return sign(text) * Infinity;
  if (/^\.(?:nan|NaN|NAN)$/.test(text)) return Number.NaN;
  return undefined;
}

const sign = (text: string): 1 | -1 => (text.startsWith('-') ? -1 : 1);
