/* Money or people at stake, and how the range is worked out. */

import type { NotEstimable, Stake } from "../../model/document";
import { isStake, say } from "../../model/values";
import { useScene } from "../scene";
import { Section } from "./Section";

export function StakeSection({ stake }: { stake: Stake | NotEstimable | null }) {
  const { words, format, lang } = useScene();
  if (!isStake(stake)) return null;
  const amount = stake.unit === "money" ? format.money(stake) : words.peopleRange(format.money(stake));
  const title = stake.days > 0 ? words.stakeIn(format.duration(stake.days)) : words.atStake;
  return (
    <Section title={title}>
      <div className="sj-amount">{amount}</div>
      {stake.assumptions.length > 0 && (
        <details className="sj-details">
          <summary>{words.howWorkedOut}</summary>
          {stake.assumptions.map((line, i) => <p key={i}>{say(line, lang)}</p>)}
          <p>{words.stakeDefinition}</p>
        </details>
      )}
    </Section>
  );
}
