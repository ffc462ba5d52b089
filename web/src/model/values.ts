/* Small readers of the document: what is known, and in which language. */

import type { Estimate, Label, NotEstimable, Stake } from "./document";

export type Lang = "en" | "ko";

export function isKnown<T extends object>(value: T | NotEstimable | null | undefined): value is T {
  return value !== null && value !== undefined && !("not_estimable" in value);
}

export function isEstimate(value: Estimate | NotEstimable | null | undefined): value is Estimate {
  return isKnown<Estimate>(value);
}

export function isStake(value: Stake | NotEstimable | null | undefined): value is Stake {
  return isKnown<Stake>(value);
}

export function say(label: Label | null | undefined, lang: Lang): string {
  if (!label) return "";
  return unbroken(lang === "ko" && label.ko ? label.ko : label.en);
}

/** A unit never breaks from its number: "9.8 d", "27 %". */
export function unbroken(text: string): string {
  return text.replace(/(\d) (?=(?:%|(?:d|h|min|s|pt)(?![\p{L}\p{N}])))/gu, "$1\u00a0");
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
