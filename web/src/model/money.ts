/* Money: integer minor units and a currency, as a figure or a range. */

import { fixed, significant } from "./numbers";
import type { Lang } from "./values";

const SYMBOLS: Record<string, string> = {
  KRW: "₩", USD: "$", EUR: "€", GBP: "£", JPY: "¥", BRL: "R$", CNY: "CN¥", INR: "₹", XXX: "",
};
const KO_NAMES: Record<string, string> = {
  KRW: "원", USD: "달러", EUR: "유로", GBP: "파운드", JPY: "엔", BRL: "헤알", CNY: "위안", INR: "루피",
};
const NO_MINOR = new Set(["KRW", "JPY", "VND", "CLP", "ISK", "XPF", "UGX"]);

export function major(minor: number, currency: string): number {
  return NO_MINOR.has(currency) ? minor : minor / 100;
}

function sign(value: number): string {
  return value < 0 ? "−" : "";
}

function unitOf(value: number): readonly [number, string] {
  for (const unit of [[1e12, "T"], [1e9, "B"], [1e6, "M"], [1e3, "k"]] as const) {
    if (Math.abs(value) >= unit[0] * 0.9995) return unit;
  }
  return [1, ""];
}

function symbol(currency: string): string {
  const known = SYMBOLS[currency];
  return known ?? `${currency} `;
}

function english(low: number, high: number, currency: string): string {
  const [lowUnit, lowName] = unitOf(low);
  const [highUnit, highName] = unitOf(high);
  const from = significant(Math.abs(low) / lowUnit) + lowName;
  const to = significant(Math.abs(high) / highUnit) + highName;
  const mark = symbol(currency);
  return from === to && sign(low) === sign(high)
    ? `${sign(high)}${mark}${to}`
    : `${sign(low)}${mark}${from}–${sign(high)}${to}`;
}

/** 3,200만 · 1억 400만 · 1.04억 (short form for cells). */
function koreanFigure(value: number, compact: boolean): string {
  const size = Math.abs(value);
  if (size < 1e5) return sign(value) + significant(size, 3);
  if (size < 1e8 * 0.99995) return `${sign(value)}${fixed(Math.round(threeFigures(size) / 1e4), 0)}만`;
  if (compact) return `${sign(value)}${significant(size / 1e8)}억`;
  const rounded = threeFigures(size);
  const rest = Math.round((rounded % 1e8) / 1e4);
  const main = `${fixed(Math.floor(rounded / 1e8), 0)}억`;
  return sign(value) + (rest > 0 ? `${main} ${fixed(rest, 0)}만` : main);
}

function threeFigures(value: number): number {
  const scale = 10 ** Math.max(0, Math.floor(Math.log10(value)) - 2);
  return Math.round(value / scale) * scale;
}

function korean(low: number, high: number, currency: string, compact: boolean): string {
  const from = koreanFigure(low, compact);
  const to = koreanFigure(high, compact);
  const bothMan = from.endsWith("만") && to.endsWith("만");
  const range = from === to ? to : `${bothMan && compact ? from.slice(0, -1) : from}~${to}`;
  const name = KO_NAMES[currency] ?? (SYMBOLS[currency] === "" ? "" : currency);
  if (compact) return range;
  return name ? `${range}${/[만억조]$/.test(range) ? " " : ""}${name}` : range;
}

/** A range in minor units. `compact` leaves the unit to the lane's label in Korean. */
export function moneyRange(
  low: number, high: number, currency: string, lang: Lang, compact = false,
): string {
  const from = major(low, currency);
  const to = major(high, currency);
  return lang === "ko" ? korean(from, to, currency, compact) : english(from, to, currency);
}
