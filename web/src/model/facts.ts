/* What the popover says about a figure: value, interval, n, definition, freshness. */

import type { Words } from "../text/words";
import type { Cell, DataNote, Item, NotEstimable, Stage, Stake, Step } from "./document";
import type { Format } from "./format";
import type { Mark, RibbonNode } from "./ribbon";
import { isEstimate, isStake, say } from "./values";

export interface Fact {
  readonly title: string;
  readonly value: string;
  readonly interval?: string;
  readonly n?: string;
  readonly definition?: string;
  readonly lines?: readonly string[];
}

export interface Speech {
  readonly words: Words;
  readonly format: Format;
}

export function reasonText(value: NotEstimable, { words, format }: Speech): string {
  const known = format.lang === "ko" ? words.reasons[value.not_estimable] : undefined;
  return known ?? value.not_estimable;
}

export function conversionFact(stage: Stage, speech: Speech): Fact {
  const { words, format } = speech;
  const title = `${say(stage.title, format.lang)}: ${words.conversion}`;
  const definition = words.conversionDefinition(format.duration(stage.window_days));
  if (!isEstimate(stage.conversion)) {
    const mature = Math.max(0, stage.entered - stage.immature);
    const young = stage.immature > 0
      ? [words.notMatureNote(format.count(mature), format.count(stage.entered), format.duration(stage.window_days))]
      : [];
    return { title, value: reasonText(stage.conversion, speech), definition, lines: young };
  }
  const change = isEstimate(stage.change_points)
    ? [`${words.change}: ${format.points(stage.change_points)}`]
    : [];
  return {
    title, value: format.percent(stage.conversion.value),
    interval: format.percentRange(stage.conversion), n: format.count(stage.conversion.n),
    definition, lines: change,
  };
}

export function progressionFact(step: Step, speech: Speech): Fact {
  const { words, format } = speech;
  const title = `${say(step.title, format.lang)}: ${words.progression}`;
  const definition = words.progressionDefinition;
  const lines = [`${words.health[step.health]}. ${say(step.health_reason, format.lang)}`];
  if (!isEstimate(step.progression)) {
    return { title, value: reasonText(step.progression, speech), definition, lines };
  }
  return {
    title, value: format.percent(step.progression.value),
    interval: format.percentRange(step.progression), n: format.count(step.progression.n),
    definition, lines,
  };
}

export function reachedFact(step: Step, { words, format }: Speech): Fact {
  return {
    title: say(step.title, format.lang),
    value: words.reached(format.count(step.reached)),
    lines: [step.events.join(", "), `${words.health[step.health]}. ${say(step.health_reason, format.lang)}`],
  };
}

/** The different people of a stage; of a map that does not say, its stays. */
export function stagePeople(stage: Stage, { words, format }: Speech): string {
  return stage.people === null
    ? words.staysCount(format.count(stage.at_start + stage.entered))
    : words.peopleCount(format.count(stage.people));
}

export function peopleFact(stage: Stage, speech: Speech): Fact {
  const { words, format } = speech;
  const lines = [
    words.staysCount(format.count(stage.at_start + stage.entered)),
    `${words.thereAtStart}: ${format.count(stage.at_start)}`,
    `${words.arrived}: ${format.count(stage.entered)}`,
    `${words.thereNow}: ${format.count(stage.at_end)}`,
    `${words.everHere}: ${format.count(stage.ever)}`,
  ];
  if (stage.direct > 0) lines.push(words.directly(format.count(stage.direct)));
  return {
    title: say(stage.title, format.lang),
    value: stagePeople(stage, speech),
    definition: `${say(stage.definition, format.lang)} ${words.peopleDefinition}`, lines,
  };
}

export function markFact(mark: Mark, stages: readonly Stage[], { words, format }: Speech): Fact {
  const here = say(stages[mark.index]?.title, format.lang);
  const there = mark.target >= 0 ? ` → ${say(stages[mark.target]?.title, format.lang)}` : "";
  /* Nobody is new twice or here twice at one instant; every other move can be made again. */
  const once = mark.kind === "new" || mark.kind === "still";
  const counted = once ? words.peopleCount : words.movesCount;
  const fact: Fact = {
    title: `${here}${there}: ${words.flowKinds[mark.kind]}`,
    value: counted(format.count(mark.moves)),
    definition: words.flowDefinition[mark.kind],
  };
  const outside = mark.kind === "new" || mark.kind === "returned";
  const leaks = mark.kind === "left" ? leakLines(stages[mark.index], format) : [];
  const share = outside ? [] : [`${format.percent(mark.share)} ${words.ofStage}`];
  return { ...fact, lines: [...share, ...leaks] };
}

function leakLines(stage: Stage | undefined, format: Format): string[] {
  return (stage?.leaks_to ?? []).slice(0, 3).map((item) => `${item.label}: ${format.count(item.count)}`);
}

export function openingFact(node: RibbonNode, stage: Stage, { words, format }: Speech): Fact {
  return {
    title: `${say(stage.title, format.lang)}: ${words.flowKinds.opening}`,
    value: words.peopleCount(format.count(node.opening)),
    definition: words.flowDefinition.opening,
  };
}

export function sojournFact(stage: Stage, speech: Speech): Fact {
  const { words, format } = speech;
  const title = `${say(stage.title, format.lang)}: ${words.medianStay}`;
  const definition = words.sojournDefinition;
  if ("not_estimable" in stage.sojourn) {
    return { title, value: reasonText(stage.sojourn, speech), definition };
  }
  const median = stage.sojourn.median_days;
  const n = format.count(stage.sojourn.spells);
  if (!isEstimate(median)) {
    const beyond = `>${format.duration(stage.sojourn.beyond_days)}`;
    return { title, value: beyond, n, definition, lines: [reasonText(median, speech)] };
  }
  return {
    title, value: format.duration(median.value), interval: format.durationRange(median), n, definition,
  };
}

export function stakeFact(
  title: string, stake: Stake | NotEstimable, speech: Speech,
): Fact {
  const { words, format } = speech;
  const definition = words.stakeDefinition;
  if (!isStake(stake)) return { title, value: reasonText(stake, speech), definition };
  const amount = stake.unit === "money" ? format.money(stake) : words.peopleRange(format.money(stake));
  const period = stake.days > 0 ? ` ${words.inDays(format.duration(stake.days))}` : "";
  return {
    title: `${title}: ${words.atStake}`, value: `${amount}${period}`, definition,
    lines: stake.assumptions.map((line) => say(line, format.lang)),
  };
}

export function itemFact(title: string, item: Item, cell: Cell, speech: Speech): Fact {
  const { words, format } = speech;
  const note = say(item.note, format.lang);
  const name = note && note !== item.label ? note : item.label;
  const fact: Fact = {
    title: `${title}: ${name}`,
    value: format.count(item.count),
    definition: words.shareDefinition,
  };
  if (!isEstimate(item.share)) {
    return { ...fact, lines: [reasonText(item.share, speech), ...evidenceLines(cell, speech)] };
  }
  return {
    ...fact, value: format.percent(item.share.value), interval: format.percentRange(item.share),
    n: format.count(item.share.n),
    lines: [words.peopleCount(format.count(item.count)), ...evidenceLines(cell, speech)],
  };
}

export function evidenceLines(cell: Cell, { words, format }: Speech): string[] {
  const how = words.provenance[cell.provenance];
  const from = cell.evidence.map((e) => {
    const kind = words.evidenceKind[e.kind] ?? e.kind;
    const parts = [kind, words.n(format.count(e.n)), format.date(e.date), e.detail];
    return parts.filter(Boolean).join(" · ");
  });
  return [how, ...from];
}

export function asOfText(data: DataNote, { words, format }: Speech): string {
  return data.as_of ? `${words.asOf} ${format.dateTime(data.as_of)}` : "";
}
