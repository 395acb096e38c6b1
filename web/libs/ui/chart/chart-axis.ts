import { scaleLinear } from 'd3-scale';

export interface Axis {
  /** From an amount to a distance from the top. */
  y: (amount: number) => number;
  ticks: number[];
  low: number;
  high: number;
}

/** A scale in round steps over all the amounts, with zero in it. `height` is that of the plot, in px. */
export function axisOf(amounts: readonly number[], height: number): Axis {
  const scale = scaleLinear()
    .domain([Math.min(0, ...amounts), Math.max(0, ...amounts) || 1])
    .nice(4)
    .range([height, 0]);
  const [low, high] = scale.domain() as [number, number];
  return { y: (amount) => scale(Math.min(high, Math.max(low, amount))), ticks: scale.ticks(4), low, high };
}

/** Which days get their date below: as many as fit with `leastPx` between them, and always the last. */
export function labelled(count: number, widthPx: number, leastPx: number): number[] {
  const every = Math.max(1, Math.ceil(leastPx / (widthPx / Math.max(1, count))));
  const out: number[] = [];
  for (let at = count - 1; at >= 0; at -= every) out.unshift(at);
  return out;
}
