/* Tables as CSV that a spreadsheet cannot mistake for formulas. */

import type { Table, Value } from "./table";

const RISKY = /^[=+\-@\t\r]/;

/** One cell: text that a spreadsheet would run gets an apostrophe in front; quotes are doubled. */
export function csvCell(value: Value): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const safe = RISKY.test(value) ? `'${value}` : value;
  return /[",\n\r]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
}

/** The whole table with a byte-order mark, so that spreadsheets read Korean. */
export function toCsv(table: Table): string {
  const lines = [table.head, ...table.rows].map((row) => row.map(csvCell).join(","));
  return `\ufeff${lines.join("\r\n")}\r\n`;
}
