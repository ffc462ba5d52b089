/* Figures as text, the same on every machine: nothing here asks the browser's locale. */

import type { Lang } from "./values";

const MINUS = "−";

export function signed(value: number, decimals: number): string {
  const text = Math.abs(value).toFixed(decimals);
  if (Number(text) === 0) return text;
  return (value < 0 ? MINUS : "+") + text;
}

export function fixed(value: number, decimals: number): string {
  const text = Math.abs(value).toFixed(decimals);
  return (value < 0 && Number(text) !== 0 ? MINUS : "") + grouped(text);
}

function grouped(digits: string): string {
  const [whole = "", part] = digits.split(".");
  const spaced = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return part === undefined ? spaced : `${spaced}.${part}`;
}

export function whole(value: number): string {
  return fixed(Math.round(value), 0);
}

/** Three significant figures at most, without trailing zeros. */
export function significant(value: number, figures = 3): string {
  if (value === 0) return "0";
  const size = Math.floor(Math.log10(Math.abs(value))) + 1;
  const decimals = Math.max(0, figures - size);
  const scale = 10 ** Math.max(0, size - figures);
  const rounded = scale > 1 ? Math.round(value / scale) * scale : value;
  return fixed(rounded, decimals).replace(/\.0+$|(\.\d*?)0+$/, "$1");
}

const EN_UNITS: readonly [number, string][] = [[1e12, "T"], [1e9, "B"], [1e6, "M"], [1e3, "k"]];
const KO_UNITS: readonly [number, string][] = [[1e12, "조"], [1e8, "억"], [1e4, "만"]];

function unitFor(value: number, lang: Lang, figures: number): readonly [number, string] {
  const size = Math.abs(value);
  for (const unit of lang === "ko" ? KO_UNITS : EN_UNITS) {
    /* 999.6 thousand would round to 1000k: take the next unit up instead. */
    if (size >= unit[0] * (1 - 0.5 * 10 ** -figures)) return unit;
  }
  return [1, ""];
}

/** 52.3k · 5.2만: at most two figures after the unit's point, for axes and captions. */
export function short(value: number, lang: Lang, figures = 3): string {
  const [unit, name] = unitFor(value, lang, figures);
  return significant(value / unit, figures) + name;
}

export function percent(share: number): string {
  const points = share * 100;
  if (points > 0 && points < 0.1) return "<0.1%";
  return `${fixed(points, 1)}%`;
}

export function percentRange(low: number, high: number, lang: Lang): string {
  return `${fixed(low * 100, 1)}${lang === "ko" ? "~" : "–"}${fixed(high * 100, 1)}`;
}

/** Whole percents for narrow cells; "<1" where rounding would say nothing. */
export function percentWhole(share: number): string {
  const points = share * 100;
  return points > 0 && points < 0.5 ? "<1" : fixed(points, 0);
}
