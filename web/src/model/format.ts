/* All figures of the map in one language. */

import type { DataNote, Estimate, Stake } from "./document";
import { moneyRange } from "./money";
import { percent, percentRange, percentWhole, short, signed, whole } from "./numbers";
import { date, dateRange, dateTime, daysBetween, duration, durationRange } from "./time";
import type { Lang } from "./values";

export interface Format {
  readonly lang: Lang;
  readonly count: (value: number) => string;
  readonly short: (value: number) => string;
  readonly percent: (share: number) => string;
  readonly percentWhole: (share: number) => string;
  readonly percentRange: (estimate: Estimate) => string;
  readonly points: (estimate: Estimate) => string;
  readonly score: (value: number) => string;
  readonly range: (low: string, high: string) => string;
  readonly money: (stake: Stake, compact?: boolean) => string;
  readonly duration: (days: number) => string;
  readonly durationRange: (estimate: Estimate) => string;
  readonly date: (text: string) => string;
  readonly dateTime: (text: string) => string;
  readonly span: (data: DataNote) => string;
  readonly spanDays: (data: DataNote) => number | null;
}

export function createFormat(lang: Lang, timezone: string): Format {
  const range = (low: string, high: string): string =>
    low === high ? low : `${low}${lang === "ko" ? "~" : "–"}${high}`;
  return {
    lang,
    count: whole,
    short: (value) => short(value, lang),
    percent,
    percentWhole,
    percentRange: (e) => percentRange(e.low, e.high, lang),
    points: (e) => `${signed(e.value, 1)}${lang === "ko" ? "%p" : " pt"}`,
    score: (value) => signed(value, 1),
    range,
    money: (stake, compact = false) =>
      stake.unit === "money"
        ? moneyRange(stake.low, stake.high, stake.currency, lang, compact)
        : range(whole(stake.low), whole(stake.high)),
    duration: (days) => duration(days, lang),
    durationRange: (e) => durationRange(e.value, e.low, e.high, lang),
    date: (text) => date(text, timezone, lang),
    dateTime: (text) => dateTime(text, timezone, lang),
    span: (data) => dateRange(data.start, data.end, timezone, lang),
    spanDays: (data) => daysBetween(data.start, data.end, timezone),
  };
}

