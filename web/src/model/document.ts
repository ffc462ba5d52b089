/* The journey map as the renderer receives it. Written from src/sojourn/maps/document.py by
   tests/unit/adapters/html/document_types.py; a test keeps the two equal. Do not edit. */

export interface NotEstimable {
  readonly not_estimable: string;
}

export type Provenance =
  | "measured"
  | "partly"
  | "assumed"
  | "unknown";

export type Health =
  | "fine"
  | "weak"
  | "unknown";

export type MapKind =
  | "as-is"
  | "to-be";

export type FlowKind =
  | "new"
  | "forward"
  | "skip"
  | "back"
  | "left"
  | "returned";

export type LaneKind =
  | "actions"
  | "touchpoints"
  | "sources"
  | "friction"
  | "feelings"
  | "thoughts"
  | "needs"
  | "pains"
  | "conformance"
  | "plays"
  | "content"
  | "metrics"
  | "text";

export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly n: number;
}

export interface Label {
  readonly en: string;
  readonly ko: string;
}

export interface Stake {
  readonly low: number;
  readonly high: number;
  readonly unit: string;
  readonly currency: string;
  readonly days: number;
  readonly assumptions: readonly Label[];
}

export interface SojournPoint {
  readonly days: number;
  readonly staying: number;
  readonly low: number;
  readonly high: number;
}

export interface Sojourn {
  readonly median_days: Estimate | NotEstimable;
  readonly beyond_days: number;
  readonly spells: number;
  readonly curve: readonly SojournPoint[];
  readonly active_days: Estimate | NotEstimable | null;
  readonly exits: readonly Item[];
}

export interface Stage {
  readonly key: string;
  readonly title: Label;
  readonly ever: number;
  readonly at_start: number;
  readonly entered: number;
  readonly left: number;
  readonly at_end: number;
  readonly direct: number;
  readonly conversion: Estimate | NotEstimable;
  readonly immature: number;
  readonly window_days: number;
  readonly change_points: Estimate | NotEstimable;
  readonly sojourn: Sojourn | NotEstimable;
  readonly stake: Stake | NotEstimable;
  readonly leaks_to: readonly Item[];
  readonly definition: Label;
  readonly observed: boolean;
  readonly people: number | null;
}

export interface Flow {
  readonly source: string | null;
  readonly target: string | null;
  readonly kind: FlowKind;
  readonly moves: number;
}

export interface Item {
  readonly label: string;
  readonly count: number;
  readonly share: Estimate | NotEstimable;
  readonly note: Label | null;
}

export interface Evidence {
  readonly kind: string;
  readonly n: number;
  readonly date: string;
  readonly detail: string;
}

export interface Step {
  readonly key: string;
  readonly stage: string;
  readonly title: Label;
  readonly events: readonly string[];
  readonly reached: number;
  readonly progression: Estimate | NotEstimable;
  readonly health: Health;
  readonly health_reason: Label;
  readonly stake: Stake | NotEstimable;
  readonly within_days: number;
}

export interface Lane {
  readonly key: string;
  readonly kind: LaneKind;
  readonly title: Label;
  readonly note: Label | null;
}

export interface Cell {
  readonly lane: string;
  readonly step: string;
  readonly provenance: Provenance;
  readonly span: number;
  readonly text: Label | null;
  readonly question: Label | null;
  readonly items: readonly Item[];
  readonly score: Estimate | NotEstimable | null;
  readonly stake: Stake | NotEstimable | null;
  readonly shares: readonly Item[];
  readonly evidence: readonly Evidence[];
  readonly updated: string;
}

export interface Goal {
  readonly text: string;
  readonly kpi: string;
  readonly baseline: string;
  readonly target: string;
  readonly due: string;
  readonly owner: string;
}

export interface Persona {
  readonly name: string;
  readonly rule: string;
  readonly share: Estimate | NotEstimable | null;
}

export interface Filters {
  readonly people: string;
  readonly events: string;
}

export interface OpenQuestion {
  readonly where: string;
  readonly question: Label;
}

export interface DataNote {
  readonly as_of: string;
  readonly start: string;
  readonly end: string;
  readonly timezone: string;
  readonly people: number;
  readonly events: number;
  readonly sources: readonly string[];
  readonly notes: readonly Label[];
  readonly simulated: boolean;
}

export interface JourneyMap {
  readonly format: string;
  readonly id: string;
  readonly title: Label;
  readonly kind: MapKind;
  readonly goal: Goal | null;
  readonly persona: Persona | null;
  readonly scenario: string;
  readonly currency: string;
  readonly stages: readonly Stage[];
  readonly flows: readonly Flow[];
  readonly steps: readonly Step[];
  readonly lanes: readonly Lane[];
  readonly cells: readonly Cell[];
  readonly open_questions: readonly OpenQuestion[];
  readonly data: DataNote;
  readonly version: number;
  readonly filters: Filters | null;
}
