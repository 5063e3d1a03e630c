// Durations and sizes as people read them.

/** `0.4 s`, `12.3 s`, `3 min 20 s`, `2 h 5 min`. */
export function formatDuration(durationMs: number): string {
  const tenths = Math.round(durationMs / 100);
  if (tenths < 600) return `${(tenths / 10).toFixed(1)} s`;
  const seconds = Math.round(durationMs / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

/** `512 B`, `1.5 MiB`. */
export function formatSize(sizeBytes: number): string {
  let size = sizeBytes;
  let unit = 0;
  for (; size >= 1024 && unit < UNITS.length - 1; unit++) size /= 1024;
  return `${unit === 0 ? size : size.toFixed(1)} ${UNITS[unit]}`;
}

/** As people write them: `10G`, `1.5 GiB`, `500MB`. A unit is a power of 1024 here; undefined when it is no size. */
export function parseSize(text: string): number | undefined {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)\s*(?:([bkmgt])(?:i?b)?)?$/i.exec(text.trim()) ?? [];
  if (amount === undefined) return undefined;
  const power = unit === undefined ? 0 : 'bkmgt'.indexOf(unit.toLowerCase());
  return Math.round(Number(amount) * 1024 ** power);
}

const HOUR_MS = 60 * 60 * 1000;
const AGES: Readonly<Record<string, number>> = { h: HOUR_MS, d: 24 * HOUR_MS, w: 7 * 24 * HOUR_MS };

/** `12h`, `30d`, `6w`, in milliseconds; undefined when it is no age. */
export function parseAge(text: string): number | undefined {
  const [, amount, unit = ''] = /^(\d+)\s*([hdw])$/.exec(text.trim()) ?? [];
  const unitMs = AGES[unit];
  return amount === undefined || unitMs === undefined ? undefined : Number(amount) * unitMs;
}

/** How long ago something was, in its largest unit: `3 days`; below an hour nobody wants to know. */
export function formatAge(ageMs: number): string {
  const hours = Math.floor(ageMs / HOUR_MS);
  if (hours < 1) return 'less than an hour';
  const [amount, unit] = hours < 48 ? [hours, 'hour'] : [Math.floor(hours / 24), 'day'];
  return `${amount} ${unit}${amount === 1 ? '' : 's'}`;
}
