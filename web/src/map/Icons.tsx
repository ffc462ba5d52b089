/* Icons of one family: 1.6 px stroke. Never alone without a name. */

const PATHS = {
  table: "M2.5 3.5h11v9h-11zM2.5 6.8h11M6.4 6.8v5.7",
  map: "M2.5 4.2 6 2.8l4 1.4 3.5-1.4v9L10 13.2l-4-1.4-3.5 1.4zM6 2.8v9M10 4.2v9",
  down: "M8 2.5v7.5M4.8 7 8 10.2 11.2 7M3 13.2h10",
  close: "m4 4 8 8M12 4l-8 8",
  back: "M9.8 3.2 5 8l4.8 4.8",
  next: "m6.2 3.2 4.8 4.8-4.8 4.8",
  sun: "M8 5.2a2.8 2.8 0 1 1 0 5.6 2.8 2.8 0 0 1 0-5.6M8 1.6v1.2M8 13.2v1.2M1.6 8h1.2M13.2 8h1.2M3.5 3.5l.8.8M11.7 11.7l.8.8M3.5 12.5l.8-.8M11.7 4.3l.8-.8",
  moon: "M13 9.6A5.4 5.4 0 0 1 6.4 3 5.4 5.4 0 1 0 13 9.6",
  into: "M8 3v9M4.8 9 8 12.2 11.2 9",
  menu: "M8 3.2h.01M8 8h.01M8 12.8h.01",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  const stroke = name === "menu" ? 2.4 : 1.5;
  return (
    <svg className="sj-icon" width={size} height={size} viewBox="0 0 16 16" aria-hidden="true" fill="none"
      stroke="currentColor" strokeWidth={stroke} strokeLinecap="round" strokeLinejoin="round">
      <path d={PATHS[name]} />
    </svg>
  );
}

export function Logo() {
  return (
    <svg className="sj-logo" width="30" height="30" viewBox="0 0 30 30" role="img" aria-label="Sojourn">
      <rect width="30" height="30" rx="7" fill="var(--ink)" />
      <path d="M6 10.2c5.4 0 6 0 8.6 4.2s4 5.6 9.4 5.6v-4.4c-3.4 0-4-.6-6-3.9-2.4-4-4.6-5.9-9-5.9H6z" fill="var(--inverse)" />
      <circle cx="7.8" cy="19" r="1.5" fill="var(--inverse)" />
    </svg>
  );
}
