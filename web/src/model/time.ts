/* Durations in days and calendar dates as text. */

import { fixed } from "./numbers";
import type { Lang } from "./values";

type Unit = readonly [days: number, en: string, ko: string];
const SECOND: Unit = [1 / 86400, "s", "초"];
const MINUTE: Unit = [1 / 1440, "min", "분"];
const HOUR: Unit = [1 / 24, "h", "시간"];
const DAY: Unit = [1, "d", "일"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

function unitFor(days: number): Unit {
  if (days < 1 / 1440) return SECOND;
  if (days < 1 / 24) return MINUTE;
  return days < 1 ? HOUR : DAY;
}

function decimals(amount: number): number {
  return amount < 100 ? 1 : 0;
}

function amount(value: number, places: number): string {
  return fixed(value, places).replace(/^(\d{2,})\.0$/, "$1");
}

export function duration(days: number, lang: Lang): string {
  const [size, en, ko] = unitFor(days);
  const text = amount(days / size, size === SECOND[0] ? 0 : decimals(days / size));
  return lang === "ko" ? `${text}${ko}` : `${text} ${en}`;
}

/** The interval in the unit of its value: "4.4–4.8" beside "4.6 d". */
export function durationRange(value: number, low: number, high: number, lang: Lang): string {
  const [size] = unitFor(value);
  const places = size === SECOND[0] ? 0 : decimals(value / size);
  const dash = lang === "ko" ? "~" : "–";
  return `${fixed(low / size, places)}${dash}${fixed(high / size, places)}`;
}

interface Day {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly clock: string;
}

function inZone(text: string, timezone: string): Day | null {
  const plain = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (plain) return { year: Number(plain[1]), month: Number(plain[2]), day: Number(plain[3]), clock: "" };
  const instant = new Date(text);
  if (text === "" || Number.isNaN(instant.getTime())) return null;
  const part = partsIn(instant, timezone) ?? partsIn(instant, "UTC");
  if (!part) return null;
  return {
    year: Number(part.year), month: Number(part.month), day: Number(part.day),
    clock: `${part.hour}:${part.minute}`,
  };
}

function partsIn(instant: Date, timeZone: string): Record<string, string> | null {
  try {
    const format = new Intl.DateTimeFormat("en-GB", {
      timeZone, year: "numeric", month: "numeric", day: "numeric",
      hour: "2-digit", minute: "2-digit", hourCycle: "h23",
    });
    return Object.fromEntries(format.formatToParts(instant).map((p) => [p.type, p.value]));
  } catch {
    return null;
  }
}

function written(day: Day, lang: Lang, withYear: boolean): string {
  if (lang === "ko") return `${withYear ? `${day.year}년 ` : ""}${day.month}월 ${day.day}일`;
  return `${day.day} ${MONTHS[day.month - 1] ?? ""}${withYear ? ` ${day.year}` : ""}`;
}

export function date(text: string, timezone: string, lang: Lang): string {
  const day = inZone(text, timezone);
  return day ? written(day, lang, true) : text;
}

export function dateTime(text: string, timezone: string, lang: Lang): string {
  const day = inZone(text, timezone);
  if (!day) return text;
  const clock = day.clock ? `, ${day.clock}` : "";
  return written(day, lang, true) + (lang === "ko" ? clock.replace(",", "") : clock);
}

/** "1 Sep – 30 Nov 2025" · "2025년 9월 1일~11월 30일". */
export function dateRange(start: string, end: string, timezone: string, lang: Lang): string {
  const from = inZone(start, timezone);
  const to = inZone(end, timezone);
  if (!from || !to) return [start, end].filter(Boolean).join(" – ");
  const sameYear = from.year === to.year;
  if (sameYear && from.month === to.month && from.day === to.day) return written(to, lang, true);
  if (lang === "ko") return `${written(from, lang, true)}~${written(to, lang, !sameYear)}`;
  return `${written(from, lang, !sameYear)} – ${written(to, lang, true)}`;
}

export function daysBetween(start: string, end: string, timezone: string): number | null {
  const from = inZone(start, timezone);
  const to = inZone(end, timezone);
  if (!from || !to) return null;
  const span = Date.UTC(to.year, to.month - 1, to.day) - Date.UTC(from.year, from.month - 1, from.day);
  return Math.round(span / 86_400_000) + 1;
}
